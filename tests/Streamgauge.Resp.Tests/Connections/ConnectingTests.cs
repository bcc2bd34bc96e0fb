using System.Net;
using System.Net.Sockets;
using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Connections;

/// <summary>HELLO, its fallbacks, and one clear sentence for each way to fail.</summary>
public class ConnectingTests
{
    [Fact]
    public async Task Hello_carries_protocol_credentials_and_name()
    {
        string[] hello = [];
        string[] select = [];
        await using var server = FakeServer.StartRaw(async session =>
        {
            hello = await session.ReadCommandAsync();
            await session.SendAsync("%1\r\n+proto\r\n:3\r\n");
            select = await session.ReadCommandAsync();
            await session.SendAsync("+OK\r\n");
            await session.StallAsync();
        });
        var endpoint = server.Endpoint with { Password = "pw", Database = 3 };
        await using var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions { Protocol = 3, ClientName = "reader" }, CancellationToken.None);
        Assert.Equal(["HELLO", "3", "AUTH", "default", "pw", "SETNAME", "reader"], hello);
        Assert.Equal(["SELECT", "3"], select);
        Assert.True(connection.IsOpen);
    }

    [Theory]
    [InlineData("-ERR unknown command `HELLO`, with args beginning with: `2`\r\n")]
    [InlineData("-NOPERM this user has no permissions to run the 'hello' command\r\n")]
    public async Task Servers_without_hello_are_greeted_the_old_way(string refusal)
    {
        var commands = new List<string>();
        await using var server = FakeServer.StartRaw(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync(refusal);
            while (true)
            {
                commands.Add(string.Join(' ', await session.ReadCommandAsync()));
                await session.SendAsync("+OK\r\n");
            }
        });
        var endpoint = server.Endpoint with { Password = "pw", Database = 1 };
        await using var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions { ClientName = "n" }, CancellationToken.None);
        Assert.Equal(["AUTH pw", "CLIENT SETNAME n", "SELECT 1"], commands);
    }

    [Theory]
    [InlineData("-NOPROTO unsupported protocol version\r\n")]
    [InlineData("-ERR unknown command 'HELLO'\r\n")]
    public async Task Asking_for_resp3_of_a_server_without_it_says_so(string refusal)
    {
        await using var server = FakeServer.StartRaw(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync(refusal);
            await session.StallAsync();
        });
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => server.ConnectAsync(new RedisOptions { Protocol = 3 }));
        Assert.Contains("Protocol to 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-ERR max number of clients reached\r\n", "raise 'maxclients'")]
    [InlineData("", "hung up at the first command")]
    public async Task A_server_that_turns_clients_away_is_understood(string farewell, string expected)
    {
        await using var server = FakeServer.StartRaw(async session =>
        {
            await session.SendAsync(farewell); // before it was asked anything
            await session.ReadCommandAsync();
        });
        var error = await FailAsync(server.Endpoint);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_says_that_nothing_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var error = await FailAsync(new RedisEndpoint { Host = "127.0.0.1", Port = port, Password = "hunter2" });
        Assert.Contains("nothing listens", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_socket_says_that_there_is_none()
    {
        var error = await FailAsync(new RedisEndpoint { SocketPath = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock") });
        Assert.Contains("no such socket", error.Message, StringComparison.Ordinal);
        await FailAsync(new RedisEndpoint { SocketPath = "/" + new string('x', 200) });
    }

    [Fact]
    public async Task An_unknown_host_says_so()
    {
        var error = await FailAsync(new RedisEndpoint { Host = "no-such-host.invalid" });
        Assert.StartsWith("Cannot connect to redis://no-such-host.invalid:6379: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_times_out()
    {
        var time = new ManualTime();
        var isAsked = new TaskCompletionSource();
        await using var server = FakeServer.StartRaw(async session =>
        {
            await session.ReadCommandAsync();
            isAsked.SetResult();
            await session.StallAsync();
        });
        var connecting = server.ConnectAsync(new RedisOptions { TimeProvider = time });
        await isAsked.Task.WaitAsync(Eventually.Bound);
        time.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<RedisTimeoutException>(() => connecting.WaitAsync(Eventually.Bound));
        Assert.Contains("within 5 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_stops_connecting()
    {
        await using var server = FakeServer.StartRaw(session => session.StallAsync());
        using var cancelling = new CancellationTokenSource();
        var connecting = RespConnection.ConnectAsync(server.Endpoint, new RedisOptions(), cancelling.Token);
        await Eventually.TrueAsync(() => server.ConnectionCount == 1, "the client has connected");
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Eventually.Bound));
    }

    [Fact]
    public async Task A_port_that_does_not_speak_tls_says_so()
    {
        await using var server = FakeServer.StartRaw(session => session.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        var error = await FailAsync(server.Endpoint with { UseTls = true });
        Assert.Contains("speaks TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_file_that_is_missing_is_named()
    {
        await using var server = FakeServer.StartRaw(session => session.StallAsync());
        var options = new RedisOptions { Tls = new RedisTlsOptions { CaFile = "/no/such/ca.pem" } };
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => RespConnection.ConnectAsync(server.Endpoint with { UseTls = true }, options, CancellationToken.None));
        Assert.Contains("/no/such/ca.pem", error.Message, StringComparison.Ordinal);
    }

    private static Task<RedisConnectionException> FailAsync(RedisEndpoint endpoint) =>
        Assert.ThrowsAsync<RedisConnectionException>(() => RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None));
}
