using Streamgauge.Streams;
using Streamgauge.TestKit;
using static Streamgauge.Producing.Tests.Sending.SenderRig;

namespace Streamgauge.Producing.Tests.Sending;

/// <summary>What an acknowledgement means: on a master and a replica of the test's own.</summary>
public sealed class ReplicatedTests : IAsyncLifetime
{
    private RedisServer _master = null!;
    private RedisServer _replica = null!;

    public async Task InitializeAsync()
    {
        _master = await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true, Arguments = ["--repl-diskless-sync-delay", "0"] });
        _replica = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--replicaof", $"127.0.0.1 {_master.TcpEndpoint.Port}"] });
        await Eventually.Async(async () => await InfoAsync(_replica, "master_link_status") == "up", "the replica is attached");
    }

    public async Task DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task What_is_acknowledged_is_on_the_replica()
    {
        await using var sender = StartReplicated();
        for (var round = 0; round < 20; round++)
        {
            await AddAsync(sender, round * 2_000, 2_000);
            await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
            Assert.Equal(Enumerable.Range(0, (round + 1) * 2_000), await StoredAsync(_replica)); // at once, without waiting for it
        }
    }

    [Fact]
    public async Task Replica_that_does_not_confirm_leaves_sends_unacknowledged_and_they_are_repeated_and_dropped_as_seen()
    {
        await using var sender = StartReplicated();
        await AddAsync(sender, 0, 1_000);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        _replica.Pause();
        var flush = Task.CompletedTask;
        try
        {
            await AddAsync(sender, 1_000, 1_000);
            flush = sender.FlushAsync(CancellationToken.None);
            await Eventually.Async(() => sender.Problem?.Contains("(unconfirmed)", StringComparison.Ordinal) == true, "the sender says what it waits for");
            await Eventually.Async(async () => (await StoredAsync(_master)).SequenceEqual(Enumerable.Range(0, 2_000)), "the master has them all"); // …

            // … and repeats over new connections, where Redis drops them as seen, must not confirm them either.
            var interruptions = await ConnectionsAsync();
            await Eventually.Async(async () => await ConnectionsAsync() >= interruptions + 5, "they were sent again several times");
            Assert.False(flush.IsCompleted);
        }
        finally
        {
            _replica.Resume();
        }

        await flush.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 2_000), await StoredAsync(_replica));
        Assert.Equal(Enumerable.Range(0, 2_000), await StoredAsync(_master));
        Assert.Null(sender.Problem);
    }

    [Fact]
    public async Task Master_that_lost_its_replica_is_waited_for_with_the_remedy()
    {
        await using var sender = StartReplicated();
        _replica.Kill();
        await Eventually.Async(async () => await InfoAsync(_master, "connected_slaves") == "0", "the master noticed");
        await AddAsync(sender, 0, 10);
        var flush = sender.FlushAsync(CancellationToken.None);
        await Eventually.Async(() => sender.Problem?.Contains("(not_durable)", StringComparison.Ordinal) == true, "the sender says what is missing");
        Assert.False(flush.IsCompleted);
        await _replica.RestartAsync();
        await flush.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 10), await StoredAsync(_replica));
    }

    private BufferingSender StartReplicated() => Start(_master.Endpoint, options =>
    {
        options.Durability = DurabilityLevel.Replicated;
        options.ReplicaTimeout = TimeSpan.FromMilliseconds(100);
    });

    private async Task<long> ConnectionsAsync() => long.Parse(await InfoAsync(_master, "total_connections_received"));

    private static async Task<string> InfoAsync(RedisServer server, string name)
    {
        await using var redis = await server.ConnectAsync();
        var info = (await redis.ExecuteAsync(["INFO"])).AsText();
        return info.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim() ?? "";
    }
}
