using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Conditions;

/// <summary>What a processor notices while it works, and goes on counting.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Eviction_policy_changed_under_way_is_said_loudly_and_counting_goes_on()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync();
        await rig.AddPlainAsync(100);
        await rig.RunAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        await Eventually.Async(() => service.Cautions.Any(caution => caution.Condition.Name == "eviction_policy"), "the policy is noticed");
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
        await rig.RunAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await Eventually.Async(() => service.Cautions.Count == 0, "its end is noticed");
        Assert.Equal((1, 1, 1), (rig.Met("eviction_policy"), rig.Log.Count(2303, "(eviction_policy)"), rig.Log.Count(2304, "eviction_policy")));
    }

    [Fact]
    public async Task Memory_close_to_maxmemory_is_warned_of_and_commits_go_on_beyond_it()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync();
        for (var i = 0; i < 10; i++) await rig.AddPlainAsync(200);
        await rig.RunAsync("CONFIG", "SET", "maxmemory", "1"); // full: appends are refused
        await Eventually.Async(() => service.Cautions.Any(caution => caution.Condition.Name == "memory_high"), "the memory is noticed");
        await rig.AllCountedOnceAsync();
        Assert.Null(service.Problem);
        var refusal = await Assert.ThrowsAsync<Resp.RedisReplyException>(() => rig.AddAsync("event_type", "click"));
        Assert.Equal("OOM", refusal.Code);
        await rig.RunAsync("CONFIG", "SET", "maxmemory", "0");
        await Eventually.Async(() => service.Cautions.Count == 0, "its end is noticed");
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
    }

    [Fact]
    public async Task Group_set_backwards_is_counted_and_said()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync();
        await rig.AddPlainAsync(300);
        await rig.AllCountedOnceAsync();
        await Eventually.Async(() => !double.IsNaN(rig.Gauge("redis.clock.offset")), "the watch has looked");
        await rig.RunAsync("XGROUP", "SETID", rig.Keys.Stream, ProcessorRig.Group, "0");
        await Eventually.Async(() => rig.Met("group_set_back") > 0, "the repetition is noticed");
        await rig.AddPlainAsync(300);
        await rig.AllCountedOnceAsync();
        Assert.True(rig.Log.Says("group_set_back"));
    }

    [Fact]
    public async Task Entries_trimmed_by_somebody_while_pending_are_counted_and_said()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.RunAsync("XGROUP", "CREATE", rig.Keys.Stream, ProcessorRig.Group, "0", "MKSTREAM");
        await rig.AddAsync("event_type", "click");
        await rig.RunAsync("XREADGROUP", "GROUP", ProcessorRig.Group, "dead", "STREAMS", rig.Keys.Stream, ">");
        await rig.RunAsync("XTRIM", rig.Keys.Stream, "MAXLEN", "0");
        await rig.ProcessAsync();
        await Eventually.Async(() => rig.Met("entries_lost") == 1, "the loss is noticed");
        Assert.Equal((1, 1L), (rig.Log.Count(2303, "(entries_lost)"), (await rig.ReadAsync()).Books.Lost));
    }

    [Fact]
    public async Task Two_processes_under_one_forced_name_are_warned_of_and_count_exactly()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var first = await rig.ProcessAsync(options => options.ConsumerName = "the-only-one");
        await Eventually.Async(async () => (await rig.RunAsync("EXISTS", rig.Keys.Lease("consumer:the-only-one"))).AsInteger() == 1, "the first bears the name");
        var second = await rig.ProcessAsync(options => options.ConsumerName = "the-only-one");
        await Eventually.Async(() => second.Cautions.Any(caution => caution.Condition.Name == "shared_consumer"), "the second is warned");
        for (var i = 0; i < 60; i++)
        {
            await rig.AddPlainAsync(50);
            await rig.AddFrameAsync(100);
            if (i % 10 == 0) await rig.RunAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"); // both take up the same pending entries
        }

        await rig.AllCountedOnceAsync();
        Assert.Equal("the-only-one", Assert.Single((await rig.ReadAsync()).Group.Consumers).Name);
        Assert.Empty(first.Cautions);
        await rig.StopAsync(first);
        await Eventually.Async(() => second.Cautions.Count == 0, "the name is the second's now");
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
    }

    [Fact]
    public async Task Id_from_the_future_is_noticed_and_counting_goes_on_from_there()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync();
        var future = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        await rig.RunAsync("XADD", rig.Keys.Stream, $"{future}-0", "event_type", "click", "value", "1");
        var next = await rig.AddAsync("event_type", "click", "value", "1");
        Assert.StartsWith($"{future}-", next, StringComparison.Ordinal);
        rig.AppendedUnseen(2);
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
        await Eventually.Async(() => service.Cautions.Any(caution => caution.Condition.Name == "ids_ahead"), "the ids are noticed");
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task Step_of_our_own_clock_is_noticed_and_changes_no_counter(int hours)
    {
        await using var rig = await ProcessorRig.StartAsync();
        var clock = new SteppingClock();
        var service = await rig.ProcessAsync(time: clock);
        for (var i = 0; i < 10; i++) await rig.AddPlainAsync(100);
        clock.Step(TimeSpan.FromHours(hours));
        for (var i = 0; i < 10; i++) await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
        await Eventually.Async(() => service.Cautions.Any(caution => caution.Condition.Name == "clock_apart"), "the step is noticed");
        Assert.Equal(-hours * 3600.0, rig.Gauge("redis.clock.offset"), tolerance: 60);
        var read = await rig.ReadAsync();
        Assert.Equal((0L, 0L, 50L), (read.Books.Late, read.Books.Clamped, read.SessionCount));
    }

    private sealed class SteppingClock : TimeProvider
    {
        private long _stepTicks;

        public void Step(TimeSpan by) => Volatile.Write(ref _stepTicks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _stepTicks));
    }
}
