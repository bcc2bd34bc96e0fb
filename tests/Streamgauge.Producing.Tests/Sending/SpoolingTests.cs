using Streamgauge.TestKit;
using static Streamgauge.Producing.Tests.Sending.SenderRig;

namespace Streamgauge.Producing.Tests.Sending;

/// <summary>Senders with a spool, and a Redis that goes away.</summary>
public sealed class SpoolingTests : IAsyncLifetime
{
    private const int Buffer = 2 * 1024 * 1024;
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-").FullName;
    private RedisServer _server = null!;

    private string SpoolFolder => Path.Combine(_folder, "spool");

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Outage_moves_from_memory_to_the_spool_and_back_and_everything_arrives_in_order(bool plain)
    {
        await using var sender = StartWithSpool(plain);
        await AddAsync(sender, 0, 1_000);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(0, sender.SpooledEvents);
        _server.Kill();

        var count = 1_000;
        while (sender.SpooledBytes < 6 * 1024 * 1024)
        {
            Assert.True(TryAdd(sender, count++), "neither memory nor the spool is full");
            Assert.InRange(sender.BufferedBytes, 0, Buffer + 256 * 1024);
        }

        Assert.InRange(sender.BufferedBytes, 0, Buffer / 2); // it moved to the disk
        await _server.RestartAsync();
        await AddAsync(sender, count, 5_000); // behind the spool, while it drains
        count += 5_000;
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((0L, 0L), (sender.SpooledEvents, sender.SpooledBytes));
        Assert.Empty(SpoolFiles(SpoolFolder));
        await AddAsync(sender, count, 1_000);
        count += 1_000;
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(0, sender.SpooledBytes); // through memory again
        Assert.Equal(Enumerable.Range(0, count), await StoredAsync(_server));
    }

    [Fact]
    public async Task Full_spool_makes_the_caller_wait_and_then_all_arrive_in_order()
    {
        await using var sender = StartWithSpool(plain: true, options => options.SpoolBytesMax = 4 * 1024 * 1024);
        _server.Kill();
        var count = 0;
        while (TryAdd(sender, count)) count++;
        Assert.False(TryAdd(sender, count));
        Assert.InRange(sender.SpooledBytes, 3.9 * 1024 * 1024, 4 * 1024 * 1024 + 128 * 1024);
        var room = sender.WaitForRoomAsync(CancellationToken.None).AsTask();
        await Eventually.Async(() => sender.Problem is not null, "the sender says why it waits");
        Assert.False(room.IsCompleted);
        await _server.RestartAsync();
        await room.WaitAsync(Patience);
        await AddAsync(sender, count, 2_000);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, count + 2_000), await StoredAsync(_server));
    }

    [Fact]
    public async Task Stop_in_an_outage_leaves_everything_to_the_next_start_even_what_was_only_in_memory()
    {
        var sender = StartWithSpool();
        await AddAsync(sender, 0, 1_000);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        _server.Kill();
        await AddAsync(sender, 1_000, 1_234);
        Assert.Equal(0, sender.SpooledEvents);
        await sender.DisposeAsync();
        Assert.Equal(1_234, sender.SpooledEvents);

        await _server.RestartAsync();
        await using var next = StartWithSpool();
        Assert.NotEqual(sender.Producer, next.Producer);
        await AddAsync(next, 2_234, 1_000);
        await next.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 3_234), await StoredAsync(_server));
    }

    [Fact]
    public async Task Spool_whose_sends_had_partly_arrived_is_replayed_once()
    {
        // Redis does the work and never answers: all in hand is in doubt when the process ends.
        await using (var direct = await _server.ConnectAsync()) await Streams.FunctionLibrary.EnsureLoadedAsync(direct, CancellationToken.None);
        var seed = Environment.TickCount;
        int count;
        await using (var proxy = new FaultProxy(_server.Endpoint, new Random(seed), bytesMax: 200_000))
        {
            await using var sender = StartWithSpool(plain: true, options =>
            {
                options.Redis = proxy.Endpoint;
                options.EventsPerSend = 50;
            });
            for (count = 0; sender.SpooledEvents < 5_000; count++)
            {
                if (TryAdd(sender, count)) continue;
                await sender.WaitForRoomAsync(CancellationToken.None);
                count--;
            }

            await Eventually.Async(() => proxy.Cuts > 5, $"seed {seed}: connections were cut");
        }

        await using var next = StartWithSpool();
        await next.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, count), await StoredAsync(_server));
    }

    [Fact]
    public async Task Files_as_a_kill_leaves_them_are_replayed_once_by_several_starts_in_a_row()
    {
        // Three processes, each killed in the outage: a kill leaves the files as they are, and nothing of the memory.
        _server.Kill();
        var folder = SpoolFolder;
        var count = 0;
        for (var life = 0; life < 3; life++)
        {
            await using var sender = StartWithSpool(plain: true, options => options.SpoolFolder = folder);
            var bytes = sender.SpooledBytes + 3 * 1024 * 1024;
            while (sender.SpooledBytes < bytes) Assert.True(TryAdd(sender, count++));
            var next = Path.Combine(_folder, $"life-{life}");
            Directory.CreateDirectory(next);
            foreach (var file in SpoolFiles(folder)) File.Copy(file, Path.Combine(next, Path.GetFileName(file)));
            folder = next;
        }

        await _server.RestartAsync();
        await using var last = StartWithSpool(plain: false, options => options.SpoolFolder = folder);
        await AddAsync(last, count, 100);
        await last.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, count + 100), await StoredAsync(_server));
    }

    [Fact]
    public async Task Disk_that_takes_nothing_makes_the_caller_wait_and_nothing_is_lost()
    {
        await using var sender = StartWithSpool(plain: true);
        _server.Kill();
        Directory.Delete(SpoolFolder, recursive: true); // no file can be made any more
        var count = 0;
        while (TryAdd(sender, count)) count++;
        Assert.InRange(sender.BufferedBytes, Buffer / 2, Buffer + 256 * 1024);
        await _server.RestartAsync();
        await AddAsync(sender, count, 1_000);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, count + 1_000), await StoredAsync(_server));
    }

    [Fact]
    public async Task Outages_of_random_length_at_random_moments_neither_lose_nor_repeat_nor_reorder()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SG_TEST_SEED"), out var given) ? given : Environment.TickCount;
        var random = new Random(seed);
        var sent = 0;
        var sender = StartWithSpool(random.Next(2) == 0);
        try
        {
            for (var step = 0; step < 40; step++)
            {
                switch (random.Next(5))
                {
                    case 0:
                        _server.Kill();
                        break;
                    case 1:
                        await _server.RestartAsync();
                        break;
                    case 2:
                        await sender.DisposeAsync();
                        sender = StartWithSpool(random.Next(2) == 0);
                        break;
                    default:
                        var count = random.Next(30_000);
                        for (var i = 0; i < count; i++)
                        {
                            if (!TryAdd(sender, sent)) break; // full on disk too
                            sent++;
                        }

                        Assert.InRange(sender.BufferedBytes, 0, Buffer + 256 * 1024);
                        break;
                }
            }

            await _server.RestartAsync();
            await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        }
        finally
        {
            await sender.DisposeAsync();
        }

        var stored = await StoredAsync(_server);
        Assert.True(Enumerable.Range(0, sent).SequenceEqual(stored), $"seed {seed}: {sent} sent, {stored.Count} stored, {stored.Distinct().Count()} different ones");
    }

    [Fact]
    public async Task Full_Redis_refuses_events_which_are_spooled_and_all_arrive_once_there_is_room()
    {
        await using var redis = await _server.ConnectAsync();
        await using var sender = StartWithSpool();
        await AddAsync(sender, 0, 1_000);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        await redis.ExecuteAsync(["CONFIG", "SET", "maxmemory", "1mb"]);
        var count = 1_000;
        while (sender.SpooledBytes == 0) Assert.True(TryAdd(sender, count++));
        await Eventually.Async(() => sender.Problem?.Contains("Redis is full", StringComparison.Ordinal) == true, "the sender says that Redis is full");
        Assert.Equal(Enumerable.Range(0, 1_000), await StoredAsync(_server));
        await redis.ExecuteAsync(["CONFIG", "SET", "maxmemory", "0"]);
        await sender.FlushAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Null(sender.Problem);
        Assert.Equal(Enumerable.Range(0, count), await StoredAsync(_server));
    }

    private static IEnumerable<string> SpoolFiles(string folder) => Directory.EnumerateFiles(folder, "*.spool");

    private BufferingSender StartWithSpool(bool plain = false, Action<SenderOptions>? change = null) => Start(_server.Endpoint, options =>
    {
        options.Plain = plain;
        options.BufferBytesMax = Buffer;
        options.SpoolFolder = SpoolFolder;
        options.SpoolBytesMax = 64 * 1024 * 1024;
        options.Linger = TimeSpan.FromMilliseconds(20);
        change?.Invoke(options);
    });
}
