using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests;

public class ServerRequirementsTests
{
    [Theory]
    [InlineData("redis_version:6.2.14\r\nrole:master\r\nmaxmemory_policy:noeviction", "is version 6.2.14", "upgrade it")]
    [InlineData("redis_version:7.0.15\r\nrole:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379", "is a replica of 10.0.0.1:6379", "give --redis the master's address")]
    [InlineData("redis_version:7.0.15\r\nrole:master\r\nmaxmemory_policy:allkeys-lru", "maxmemory-policy allkeys-lru", "CONFIG SET maxmemory-policy noeviction")]
    public async Task A_server_that_cannot_be_counted_on_is_refused_with_the_remedy(string info, string what, string remedy)
    {
        var refusal = await Assert.ThrowsAsync<ServerUnsuitableException>(() => CheckAsync(info));
        Assert.Contains(what, refusal.Message);
        Assert.Contains(remedy, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("redis_version:7.0.0\r\nrole:master\r\nmaxmemory_policy:noeviction")]
    [InlineData("redis_version:8.4.1\r\nrole:master\r\nmaxmemory_policy:noeviction")]
    public Task A_sound_server_passes(string info) => CheckAsync(info);

    [Fact]
    public async Task A_replica_found_behind_a_topology_was_the_master_a_moment_ago_and_is_worth_another_try()
    {
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => CheckAsync("redis_version:7.0.15\r\nrole:slave", "redis+cluster"));
        Assert.True(error.IsTransient);
        Assert.Contains("connecting again finds the new master", error.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(string info, string scheme = "redis")
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, info);
        var endpoint = RedisEndpoint.Parse($"{scheme}://{listener.LocalEndpoint}") with { RoutingKey = "events" };
        await using (var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None))
        {
            await ServerRequirements.CheckAsync(connection, CancellationToken.None);
        }

        await serving;
    }

    // Speaks just enough RESP: INFO is answered with the text given, CLUSTER SLOTS with itself as owner of all, everything else with OK.
    private static async Task ServeAsync(TcpListener listener, string info)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[4096];
        var slots = $"*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$9\r\n127.0.0.1\r\n:{((IPEndPoint)listener.LocalEndpoint).Port}\r\n$2\r\nid\r\n";
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            var command = Encoding.UTF8.GetString(buffer, 0, count);
            var reply = command.Contains("INFO") ? $"${info.Length}\r\n{info}\r\n" : command.Contains("CLUSTER") ? slots : "+OK\r\n";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(reply));
        }
    }
}
