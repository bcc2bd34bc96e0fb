using System.Net;
using System.Net.Sockets;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A Redis that cannot be counted on is refused at the start, in one sentence with a remedy; one that goes away later is waited for.</summary>
public class RefusalTests
{
    private static readonly string[][] Verbs = [["process"], ["produce", "--count", "1"], ["serve", "--port", "0"], ["status"], ["up", "--port", "0"]];

    [Fact]
    public async Task Redis_absent() =>
        await AssertRefusedAsync("unix:///nowhere/redis.sock", "there is no such socket. Start the server");

    [Fact]
    public async Task Wrong_password_and_none()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true });
        await using var connection = await redis.ConnectAsync();
        await connection.ExecuteAsync(["CONFIG", "SET", "requirepass", "right"]);
        await AssertRefusedAsync($"redis://:wrong@127.0.0.1:{redis.TcpEndpoint.Port}", "percent-encode special characters");
        await AssertRefusedAsync(redis.TcpEndpoint.ToString(), "asks for a password and the address has none");
    }

    [Fact]
    public async Task A_Redis_that_evicts()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--maxmemory-policy", "allkeys-lru"] });
        await AssertRefusedAsync(redis.Endpoint.ToString(), "run `redis-cli CONFIG SET maxmemory-policy noeviction`");
    }

    [Fact]
    public async Task A_replica()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--replicaof", "127.0.0.1 1"] });
        await AssertRefusedAsync(redis.Endpoint.ToString(), "give --redis the master's address");
    }

    [Fact]
    public async Task Something_that_is_no_Redis()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stopping = new CancellationTokenSource();
        var answering = AnswerAsHttpAsync(listener, stopping.Token);
        await AssertRefusedAsync($"redis://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "Redis");
        await stopping.CancelAsync();
        await answering;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_killed_and_restarted_under_way_costs_nothing_and_produce_ends_with_its_exact_count(bool plain)
    {
        const int Events = 20_000;
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await using var processor = StreamgaugeProcess.Start("process", "--redis", redis.Endpoint.ToString(), "--claim-after", "3s", "--timeout", "2s");
        await using var producer = StreamgaugeProcess.Start(["produce", "--count", Events.ToString(), "--rate", "8000", "--redis", redis.Endpoint.ToString(), .. plain ? ["--plain"] : Array.Empty<string>()]);
        for (var part = 1; part <= 2; part++)
        {
            var enough = Events / 3 * part;
            await Eventually.Async(async () => await CountAsync(redis) >= enough, $"{enough} events are counted");
            redis.Kill();
            await redis.RestartAsync();
        }

        Assert.Equal(0, await producer.WaitForExitAsync());
        await using var connection = await redis.ConnectAsync();
        await CountersInRedis.WaitUntilDrainedAsync(connection);
        var expected = await CountersInRedis.RecountStreamAsync(connection);
        Assert.Equal(Events, expected["total_count"]);
        Assert.Empty(await CountersInRedis.DifferencesAsync(connection, expected));
        Assert.False(processor.HasExited);
    }

    private static async Task<long> CountAsync(RedisServer redis)
    {
        await using var connection = await redis.ConnectAsync();
        return (await CountersInRedis.ReadAsync(connection))["total_count"];
    }

    /// <summary>Every verb: exit code 4, nothing on stdout, one sentence with a remedy on stderr.</summary>
    [Fact]
    public async Task Drill_breaks_and_loads_no_Redis_that_only_the_environment_names()
    {
        var result = await StreamgaugeProcess.RunAsync(["drill", "--scenario", "F11"], new Dictionary<string, string?>(StringComparer.Ordinal) { ["STREAMGAUGE_REDIS"] = "redis://127.0.0.1:1" });
        Assert.True(result.ExitCode == 0, result.Output + result.Errors); // on a private one; nobody answers at port 1
    }

    private static async Task AssertRefusedAsync(string address, string remedy)
    {
        foreach (var verb in Verbs)
        {
            var result = await StreamgaugeProcess.RunAsync([.. verb, "--redis", address]);
            Assert.Equal((4, ""), (result.ExitCode, result.Output));
            Assert.Contains(remedy, Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }

    private static async Task AnswerAsHttpAsync(TcpListener listener, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping);
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[1024], stopping) == 0) continue;
                await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }
}
