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

    private static async Task CheckAsync(string info)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, info);
        var endpoint = RedisEndpoint.Parse($"redis://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        await using (var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None))
        {
            await ServerRequirements.CheckAsync(connection, CancellationToken.None);
        }

        await serving;
    }

    // Speaks just enough RESP: INFO is answered with the text given, everything else with OK.
    private static async Task ServeAsync(TcpListener listener, string info)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[4096];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            var reply = Encoding.UTF8.GetString(buffer, 0, count).Contains("INFO") ? $"${info.Length}\r\n{info}\r\n" : "+OK\r\n";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(reply));
        }
    }
}
