using Streamgauge.Streams;
using Streamgauge.TestKit;
using static Streamgauge.Producing.Tests.Sending.SenderRig;

namespace Streamgauge.Producing.Tests.Sending;

public sealed class BufferingSenderTests : IAsyncLifetime
{
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_taken_is_in_the_stream_once_and_in_order_when_flush_completes(bool plain)
    {
        await using var sender = Start(_server.Endpoint, options => options.Plain = plain);
        await AddAsync(sender, 0, 5_000);
        await sender.FlushAsync(CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 5_000), await StoredAsync());
        await sender.FlushAsync(CancellationToken.None); // nothing to wait for
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_cut_at_random_bytes_neither_lose_nor_repeat_nor_reorder(bool plain)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SG_TEST_SEED"), out var given) ? given : Environment.TickCount;
        await using (var direct = await _server.ConnectAsync()) await FunctionLibrary.EnsureLoadedAsync(direct, CancellationToken.None); // it is larger than what the proxy lets through
        await using var proxy = new FaultProxy(_server.Endpoint, new Random(seed), bytesMax: 40_000);
        await using var sender = Start(proxy.Endpoint, options =>
        {
            options.Plain = plain;
            options.EventsPerSend = 10;
            options.Linger = TimeSpan.Zero;
        });
        var sent = 0;
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (proxy.Cuts < 120 && waited.Elapsed < Patience)
        {
            await AddAsync(sender, sent, 50);
            sent += 50;
            if (sent % 500 == 0) await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        }

        proxy.IsCalm = true;
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.True(proxy.Cuts >= 120, $"seed {seed}: only {proxy.Cuts} cuts");
        Assert.Equal(Enumerable.Range(0, sent), await StoredAsync());
    }

    [Fact]
    public async Task Outage_is_waited_out_in_bounded_memory_and_then_everything_arrives()
    {
        await KeepOnDiskAsync();
        await using var sender = Start(_server.Endpoint, options =>
        {
            options.BufferBytesMax = 2 * 1024 * 1024;
            options.Linger = TimeSpan.FromSeconds(10); // sealing early would make a little room
        });
        await AddAsync(sender, 0, 100);
        await sender.FlushAsync(CancellationToken.None);
        _server.Kill();

        var count = 100;
        while (TryAdd(sender, count)) count++;
        Assert.False(TryAdd(sender, count));
        Assert.InRange(count, 2_000, 500_000);
        var room = sender.WaitForRoomAsync(CancellationToken.None).AsTask();
        await Eventually.Async(() => sender.Problem is not null, "the sender says why it waits");
        Assert.False(room.IsCompleted);

        await _server.RestartAsync();
        await room.WaitAsync(Patience);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, count), await StoredAsync());
        Assert.Null(sender.Problem);
    }

    [Fact]
    public async Task Redis_killed_under_load_and_started_again_gets_everything_once()
    {
        await KeepOnDiskAsync();
        await using var sender = Start(_server.Endpoint, options => options.EventsPerSend = 20);
        var sent = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            await AddAsync(sender, sent, 2_000);
            sent += 2_000;
            _server.Kill();
            await AddAsync(sender, sent, 500);
            sent += 500;
            await _server.RestartAsync();
        }

        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, sent), await StoredAsync());
    }

    [Fact]
    public async Task Full_server_is_waited_out()
    {
        await using var sender = Start(_server.Endpoint);
        await using var redis = await _server.ConnectAsync();
        await AddAsync(sender, 0, 100);
        await sender.FlushAsync(CancellationToken.None);
        await redis.ExecuteAsync(["CONFIG", "SET", "maxmemory", "1mb"]);
        await AddAsync(sender, 100, 100);
        await Eventually.Async(() => sender.Problem?.Contains("(out_of_memory)", StringComparison.Ordinal) == true, "the sender says that Redis is full");
        await redis.ExecuteAsync(["CONFIG", "SET", "maxmemory", "0"]);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 200), await StoredAsync());
    }

    [Fact]
    public async Task Event_without_company_is_sent_once_it_has_lingered()
    {
        await using var sender = Start(_server.Endpoint, options => options.Linger = TimeSpan.FromMilliseconds(20));
        Assert.True(TryAdd(sender, 0));
        await Eventually.Async(async () => (await StoredAsync()).Count == 1, "the event arrives without a flush");
    }

    [Fact]
    public async Task Disposal_during_a_stall_is_quick_and_tells_whoever_waits()
    {
        var sender = Start(_server.Endpoint, options =>
        {
            options.BufferBytesMax = 2 * 1024 * 1024;
            options.Linger = TimeSpan.FromSeconds(10); // sealing early would make a little room
        });
        await AddAsync(sender, 0, 10);
        await sender.FlushAsync(CancellationToken.None);
        _server.Pause();
        try
        {
            var count = 10;
            while (TryAdd(sender, count)) count++;
            var room = sender.WaitForRoomAsync(CancellationToken.None).AsTask();
            var flush = sender.FlushAsync(CancellationToken.None);
            await sender.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => flush.WaitAsync(TimeSpan.FromSeconds(2)));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => room.WaitAsync(TimeSpan.FromSeconds(2)));
            Assert.Throws<ObjectDisposedException>(() => TryAdd(sender, count));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => sender.FlushAsync(CancellationToken.None));
            await sender.DisposeAsync();
        }
        finally
        {
            _server.Resume();
        }
    }

    private async Task KeepOnDiskAsync()
    {
        await _server.DisposeAsync();
        _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
    }

    private Task<List<int>> StoredAsync() => SenderRig.StoredAsync(_server);
}
