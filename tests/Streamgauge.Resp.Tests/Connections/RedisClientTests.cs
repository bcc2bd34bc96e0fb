using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Connections;

public class RedisClientTests
{
    [Fact]
    public async Task Concurrent_callers_share_one_connection()
    {
        await using var server = FakeServer.StartEcho();
        await using var client = new RedisClient(server.Endpoint, new RedisOptions());
        var connections = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => client.GetAsync(CancellationToken.None).AsTask())));
        Assert.Single(connections.Distinct());
        Assert.Equal("x", (await client.ExecuteAsync(["ECHO", "x"], CancellationToken.None)).AsText());
        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task A_closed_connection_is_replaced_at_the_next_call_and_nothing_is_resent()
    {
        var commands = new List<string>();
        await using var server = FakeServer.Start(async session => commands.Add((await session.ReadCommandAsync())[^1])); // then hangs up
        await using var client = new RedisClient(server.Endpoint, new RedisOptions());
        var first = await client.GetAsync(CancellationToken.None);
        await Assert.ThrowsAsync<RedisConnectionException>(() => client.ExecuteAsync(["INCR", "a"], CancellationToken.None));
        await first.Closed.WaitAsync(Eventually.Bound);

        var second = await client.GetAsync(CancellationToken.None);
        Assert.NotSame(first, second);
        await Assert.ThrowsAsync<RedisConnectionException>(() => client.ExecuteAsync(["INCR", "b"], CancellationToken.None));
        Assert.Equal(["a", "b"], commands);
        Assert.Equal(2, server.ConnectionCount);
    }

    [Fact]
    public async Task While_the_pause_runs_calls_fail_at_once_with_the_last_error()
    {
        var time = new ManualTime();
        var isUp = false;
        await using var server = FakeServer.StartRaw(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync(Volatile.Read(ref isUp) ? "+OK\r\n" : "-LOADING Redis is loading\r\n");
            await session.StallAsync();
        });
        await using var client = new RedisClient(server.Endpoint, new RedisOptions { TimeProvider = time });
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await Assert.ThrowsAsync<RedisReplyException>(() => client.GetAsync(CancellationToken.None).AsTask());
            for (var call = 0; call < 5; call++)
            {
                var error = await Assert.ThrowsAsync<RedisReplyException>(() => client.GetAsync(CancellationToken.None).AsTask());
                Assert.Equal("LOADING", error.Code);
            }

            Assert.Equal(attempt, server.ConnectionCount);
            time.Advance(TimeSpan.FromSeconds(1)); // longer than the third pause
        }

        Volatile.Write(ref isUp, true);
        Assert.True((await client.GetAsync(CancellationToken.None)).IsOpen);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_the_shared_attempt_to_others()
    {
        var release = new TaskCompletionSource();
        await using var server = FakeServer.StartRaw(async session =>
        {
            await session.ReadCommandAsync();
            await release.Task;
            await session.SendAsync("+OK\r\n");
            await session.StallAsync();
        });
        await using var client = new RedisClient(server.Endpoint, new RedisOptions());
        using var cancelling = new CancellationTokenSource();
        var impatient = client.GetAsync(cancelling.Token).AsTask();
        var patient = client.GetAsync(CancellationToken.None).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        release.SetResult();
        Assert.True((await patient.WaitAsync(Eventually.Bound)).IsOpen);
    }

    [Fact]
    public async Task Disposing_closes_the_connection_and_stops_an_attempt()
    {
        await using var server = FakeServer.StartRaw(session => session.StallAsync());
        var client = new RedisClient(server.Endpoint, new RedisOptions());
        var attempt = client.GetAsync(CancellationToken.None).AsTask();
        await client.DisposeAsync().AsTask().WaitAsync(Eventually.Bound);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => attempt);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.GetAsync(CancellationToken.None));

        await using var echo = FakeServer.StartEcho();
        var other = new RedisClient(echo.Endpoint, new RedisOptions());
        var connection = await other.GetAsync(CancellationToken.None);
        await other.DisposeAsync();
        await other.DisposeAsync();
        Assert.False(connection.IsOpen);
    }
}
