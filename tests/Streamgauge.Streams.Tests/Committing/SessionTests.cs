using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Committing;

public sealed class SessionTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const long MinuteMs = 60_000;

    [Fact]
    public async Task Distinct_sessions_and_their_sums_are_exact_in_any_order_of_arrival_and_commit()
    {
        var random = Seeded.Random(out var seed);
        var rig = await fixture.NewStreamAsync(TimeSpan.FromMinutes(8)); // buckets of 2 minutes
        var nowMs = await NowMsAsync(rig);
        var events = new List<(string Session, long Ms)>();
        for (var session = 0; session < 2_000; session++)
        {
            for (var i = random.Next(1, 4); i > 0; i--) events.Add(($"x{session}", nowMs - (7 * MinuteMs) + random.NextInt64(11 * MinuteMs))); // six buckets, two of them ahead
        }

        var shuffled = events.ToArray();
        random.Shuffle(shuffled);
        foreach (var chunk in shuffled.Chunk(50))
        {
            await rig.RunAsync(Call.Append(rig.Keys, "p", Array.IndexOf(shuffled, chunk[0]) + 1, isOldest: true, [.. chunk.Select(e => (string[])["event_type", "click", "session_id", e.Session, "ts", $"{e.Ms}"])]));
        }

        var batches = new List<TestConsumer>();
        while (true)
        {
            var consumer = rig.Consumer($"c{random.Next(3)}");
            if (await consumer.ReadAsync(random.Next(1, 200)) == 0) break;
            batches.Add(consumer);
        }

        var order = batches.ToArray();
        random.Shuffle(order);
        foreach (var batch in order) Assert.Equal(CommitOutcome.Counted, await batch.CommitAsync());

        var expected = events.GroupBy(e => e.Session).ToDictionary(group => group.Key, group => (long)group.Count());
        var read = await rig.ReadAsync();
        Assert.True(expected.Count == read.SessionCount, $"seed {seed}: {expected.Count} sessions, counted {read.SessionCount}");
        Assert.Equal(0, read.Books.Late);
        var reader = new AggregatesReader(rig.Keys, StreamRig.Group);
        foreach (var (session, count) in expected.Take(100)) Assert.Equal(count, await reader.ReadSessionAsync(rig.Redis, session, CancellationToken.None));

        // Whatever expires, oldest first as in life, the rest still adds up.
        var view = rig.Views[3];
        foreach (var startMs in events.Select(e => view.Tiers[0].BucketStartMs(e.Ms)).Distinct().Order())
        {
            await rig.RunAsync("DEL", rig.Keys.Bucket("sessions", startMs));
            var left = events.Where(e => view.Tiers[0].BucketStartMs(e.Ms) > startMs).Select(e => e.Session).Distinct().Count();
            Assert.True(left == (await rig.ReadAsync()).SessionCount, $"seed {seed}: after the bucket of {startMs}");
        }
    }

    [Fact]
    public async Task Session_counts_once_when_the_older_of_two_batches_is_committed_last()
    {
        var rig = await fixture.NewStreamAsync(TimeSpan.FromMinutes(8));
        var nowMs = await NowMsAsync(rig);
        await rig.AddAsync("event_type", "click", "session_id", "x", "ts", $"{nowMs}");
        await rig.AddAsync("event_type", "click", "session_id", "x", "ts", $"{nowMs + (3 * MinuteMs)}");
        var (early, later) = (rig.Consumer("a"), rig.Consumer("b"));
        await early.ReadAsync(1);
        await later.ReadAsync(1);
        await later.CommitAsync();
        await early.CommitAsync();
        Assert.Equal(1, (await rig.ReadAsync()).SessionCount);
    }

    [Fact]
    public async Task Batch_taken_over_after_its_buckets_expired_counts_in_the_totals_only()
    {
        var rig = await fixture.NewStreamAsync(TimeSpan.FromMinutes(1));
        var nowMs = await NowMsAsync(rig);
        await rig.RunAsync("XADD", rig.Keys.Stream, $"{nowMs - (60 * MinuteMs)}-0", "event_type", "click", "session_id", "x");
        var consumer = rig.Consumer("a");
        await consumer.ReadAsync(1);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        var read = await rig.ReadAsync();
        Assert.Equal((1, 0), (read.TotalCount, read.SessionCount));
    }

    [Fact]
    public async Task Events_behind_the_retention_are_late_and_count_in_the_totals()
    {
        var rig = await fixture.NewStreamAsync(TimeSpan.FromMinutes(1));
        var nowMs = await NowMsAsync(rig);
        await rig.AddAsync("event_type", "click", "session_id", "old", "ts", $"{nowMs - (10 * MinuteMs)}");
        await rig.AddAsync("event_type", "click", "session_id", "new");
        await rig.Consumer("a").DrainAsync();
        var read = await rig.ReadAsync();
        Assert.Equal((2, 1, 1), (read.TotalCount, read.SessionCount, read.Books.Late));
    }

    [Fact]
    public async Task Groups_beyond_the_budget_are_counted_together_and_totals_stay_exact()
    {
        var rig = await fixture.NewStreamAsync(groupsMax: 5);
        var consumer = rig.Consumer("a");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 9; i++) await rig.AddAsync("event_type", $"t{i}", "product", $"p{i}", "session_id", $"s{i}", "value", "2");
            await consumer.DrainAsync();
        }

        var read = await rig.ReadAsync();
        Assert.Equal((27, 54_000_000), (read.TotalCount, read.TotalValueMicros));
        Assert.Equal(5, read.EventTypes.Count);
        Assert.Equal(new GroupTotal(GroupKey.Other, 12, 24_000_000), read.EventTypes.Other);
        Assert.Equal(new GroupTotal(GroupKey.Other, 12, 0), read.Products.Other);
        Assert.All(read.Products.Top(int.MaxValue), product => Assert.Equal(3, product.Count));
        Assert.Equal(("5", "5"), (await rig.MetaAsync("groups:event_types"), await rig.MetaAsync("groups:products")));
        Assert.Equal(5, read.SessionCount);
    }

    private static async Task<long> NowMsAsync(StreamRig rig) => (await rig.RunAsync("TIME"))[0].AsInteger() * 1000;
}
