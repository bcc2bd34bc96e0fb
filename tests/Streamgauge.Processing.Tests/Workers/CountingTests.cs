using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Workers;

public sealed class CountingTests
{
    private const string Steal = "for _, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 50)) do redis.call('XCLAIM', KEYS[1], ARGV[1], 'thief', 0, p[1], 'JUSTID') end";

    [Fact]
    public async Task Frames_and_plain_entries_are_counted_exactly_by_two_workers_and_a_stop_leaves_nothing_behind()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync(options => options.Workers = 2);
        for (var i = 0; i < 40; i++)
        {
            await rig.AddFrameAsync(500);
            await rig.AddPlainAsync(100);
        }

        await rig.AllCountedOnceAsync();
        var read = await rig.ReadAsync();
        Assert.Equal((50, 2), (read.SessionCount, read.Group.Consumers.Count));
        Assert.Equal(rig.Appended, rig.Metrics["events.processed"]);
        Assert.Null(service.Problem);

        await rig.AddPlainAsync(500);
        await rig.StopAsync(service);
        Assert.Empty((await rig.ReadAsync()).Group.Consumers);
        Assert.Equal(0, (await rig.ReadAsync()).Group.Pending);
        Assert.True(rig.Log.Has(2102));
    }

    [Fact]
    public async Task Bad_entries_are_buried_once_with_their_reason_while_the_others_count()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync();
        (string Reason, string[] Fields)[] bad =
        [
            ("missing_event_type", ["product", "laptop"]),
            ("no_known_fields", ["a", "b"]),
            ("bad_value", ["event_type", "click", "value", "1e5"]),
            ("value_out_of_range", ["event_type", "click", "value", "1000000001"]),
            ("bad_timestamp", ["event_type", "click", "ts", "yesterday"]),
            ("timestamp_out_of_range", ["event_type", "click", "ts", "99999999999999999"]),
            ("too_long", ["event_type", new string('x', 257)]),
            ("too_many_fields", ["event_type", "click", .. Enumerable.Range(0, 33).SelectMany(i => (string[])[$"x{i}", "y"])]),
            ("invalid_text", ["event_type", "a\u0001b"]),
            ("bad_field_name", ["event_type", "click", "", "y"]),
            ("frame_truncated", ["sg:frame", "SGF"]),
            ("frame_malformed", ["sg:frame", "this is no frame at all"]),
        ];
        foreach (var (_, fields) in bad)
        {
            await rig.AddPlainAsync(3);
            await rig.AddAsync(fields);
            await rig.AddFrameAsync(2);
        }

        await rig.AllCountedOnceAsync();
        var letters = await rig.RunAsync("XRANGE", rig.Keys.Dead, "-", "+");
        Assert.Equal(bad.Select(entry => entry.Reason), letters.Items.Select(letter => letter[1].Get("reason")!.AsText()));
        foreach (var (reason, _) in bad) Assert.Equal(1, rig.Metrics[$"dead_letters {reason}"]);
        Assert.Equal(bad.Length, (await rig.ReadAsync()).Books.DeadEntries);
    }

    [Fact]
    public async Task Full_sum_stops_no_other_counter()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.RunAsync("HSET", rig.Keys.Aggregates, "total_value_micros", "9223372036854775806");
        await rig.AddPlainAsync(30);
        await rig.AddAsync("event_type", "big", "value", "1000000");
        await rig.ProcessAsync();
        await Eventually.Async(async () => (await rig.ReadAsync()).TotalCount == 31, "all 31 events are counted");
        Assert.Empty((await rig.RunAsync("XRANGE", rig.Keys.Dead, "-", "+")).Items);
    }

    [Fact]
    public async Task Backlog_of_plain_entries_and_then_large_frames_is_committed_in_parts()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.AddPlainAsync(3_000);
        for (var i = 0; i < 200; i++) await rig.AddFrameAsync(1_000);
        await rig.ProcessAsync();
        await rig.AllCountedOnceAsync();
        Assert.InRange((await rig.ReadAsync()).Commits, 3 + (200_000 / 64_000), long.MaxValue);
    }

    [Fact]
    public async Task Entries_of_a_consumer_that_died_are_taken_over_under_full_load()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.RunAsync("XGROUP", "CREATE", rig.Keys.Stream, ProcessorRig.Group, "0", "MKSTREAM");
        await rig.AddPlainAsync(600);
        await rig.RunAsync("XREADGROUP", "GROUP", ProcessorRig.Group, "dead", "COUNT", "600", "STREAMS", rig.Keys.Stream, ">");
        await rig.ProcessAsync();
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(6);
        long held;
        do
        {
            await rig.AddFrameAsync(1_000);
            held = (await rig.RunAsync("XPENDING", rig.Keys.Stream, ProcessorRig.Group, "-", "+", "1", "dead")).Items.Count;
        }
        while (held > 0 && DateTime.UtcNow < until);
        Assert.Equal(0, held);
        await rig.AllCountedOnceAsync();
        Assert.Equal(600, rig.Metrics["entries.claimed"]);
    }

    [Fact]
    public async Task Commits_that_find_their_entries_stolen_count_nothing_twice()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.RunAsync("XGROUP", "CREATE", rig.Keys.Stream, ProcessorRig.Group, "0", "MKSTREAM");
        await rig.ProcessAsync();
        await using var thief = await rig.Server.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var stealing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await thief.ExecuteAsync(["EVAL", Steal, "1", rig.Keys.Stream, ProcessorRig.Group]);
            }
        });
        await Eventually.Async(
            async () =>
            {
                for (var i = 0; i < 5; i++) await rig.AddPlainAsync(20);
                return rig.Metrics.GetValueOrDefault("commit.missing") > 0 && rig.Appended > 2_000;
            },
            "a commit finds entries missing");
        await stop.CancelAsync();
        await stealing;
        await rig.AllCountedOnceAsync();
        Assert.True(rig.Log.Says("taken_over"));
    }

    [Fact]
    public async Task Long_stream_replayed_by_an_operator_is_passed_quickly_and_counted_once()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync();
        for (var i = 0; i < 20; i++) await rig.AddPlainAsync(1_000);
        await rig.AllCountedOnceAsync();
        await rig.RunAsync("XGROUP", "SETID", rig.Keys.Stream, ProcessorRig.Group, "0");
        await Eventually.Async(async () => (await rig.ReadAsync()).Group.OldestOpen is null, "the replay is passed", TimeSpan.FromSeconds(15));
        await rig.AddPlainAsync(10);
        await rig.AllCountedOnceAsync();
    }
}
