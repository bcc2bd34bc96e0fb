using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Declared;

/// <summary>Views declared while a stream is counted: exactly once across the seam.</summary>
public sealed class RebuildTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Visitors = """{ "name": "visitors", "measures": ["unique(user_id)", "sum"], "window": ["10m", "1h", "all"] }""";
    private const string ByProduct = """{ "name": "by_product", "group_by": ["product"], "measures": ["min", "max", "quantiles"], "window": "all" }""";

    [Fact]
    public async Task Views_declared_while_events_come_in_count_each_of_them_once()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var rig = await fixture.NewStreamAsync();
        var entries = await DeclaredViewTests.AppendAsync(rig, random, 2_000);

        // When the rebuild begins, some entries are counted, some pending in between, some not delivered yet.
        var (early, late) = (rig.Consumer("early"), rig.Consumer("late"));
        await early.ReadAsync(500);
        await early.CommitAsync();
        await late.ReadAsync(300);
        await early.ReadAsync(300);
        await early.CommitAsync();

        var stop = new CancellationTokenSource();
        var counting = CountLiveAsync(rig, stop.Token);
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors, ByProduct)]);
        entries.AddRange(await DeclaredViewTests.AppendAsync(rig, random, 300));
        await DrainedAsync(rig);
        await stop.CancelAsync();
        await counting;

        await AssertExactAsync(rig, entries, $"seed {seed}");
        Assert.All((await rig.CatalogAsync()).Views, view => Assert.Equal((CatalogState.Active, 0L), (view.State, view.SinceMs)));
        Assert.Null(await rig.MetaAsync("rebuild_cursor"));
    }

    [Fact]
    public async Task Rebuild_that_was_killed_goes_on_where_it_stopped()
    {
        var random = new Random(1);
        var rig = await fixture.NewStreamAsync();
        var entries = await DeclaredViewTests.AppendAsync(rig, random, 1_500);
        await rig.Consumer("a").DrainAsync();

        using var killed = new CancellationTokenSource();
        var pages = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Editor.ApplyAsync(
            DeclaredViewTests.Views(Visitors, ByProduct), drops: true, _ => { if (++pages == 3) killed.Cancel(); }, killed.Token));
        Assert.All((await rig.CatalogAsync()).Views, view => Assert.Equal(CatalogState.Building, view.State));

        // Whoever comes while it may still be running is told so.
        var busy = await Assert.ThrowsAsync<CatalogBusyException>(() => rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors, ByProduct)]));
        Assert.Contains("last sign", busy.Message, StringComparison.Ordinal);

        await rig.RunAsync("HSET", rig.Keys.Meta, "rebuild_touched_ms", "1"); // a minute later and more
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors, ByProduct)]);
        await AssertExactAsync(rig, entries, "resumed");
    }

    [Fact]
    public async Task Changed_view_is_answered_by_its_old_generation_until_the_new_one_is_complete()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors)]);
        var entries = await DeclaredViewTests.AppendAsync(rig, new Random(2), 500);
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        var old = (await rig.CatalogAsync()).Views[0];

        var states = new List<string>();
        await rig.Editor.ApplyAsync(
            DeclaredViewTests.Views(Visitors.Replace("\"sum\"", "\"max\"")), drops: true,
            _ => states.Add(string.Join(',', rig.CatalogAsync().GetAwaiter().GetResult().Views.Select(view => $"{view.Generation}:{view.State}"))), CancellationToken.None);
        var rebuilt = Assert.Single((await rig.CatalogAsync()).Views);
        Assert.True(rebuilt.Generation > old.Generation);
        Assert.All(states, state => Assert.Equal($"{old.Generation}:Active,{rebuilt.Generation}:Building", state));
        Assert.NotEmpty(states);
        await AssertExactAsync(rig, entries, "changed");
        Assert.Empty(await NaiveBuckets.StoredAsync(rig, old)); // its keys are gone
        Assert.Equal(0, (await rig.RunAsync("EXISTS", rig.Keys.BucketKey($"visitors.{old.Generation}:all"))).AsInteger());
    }

    [Fact]
    public async Task Dropped_view_loses_its_keys_and_what_only_changes_its_budget_keeps_its_counts()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors, ByProduct)]);
        var entries = await DeclaredViewTests.AppendAsync(rig, new Random(3), 200);
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        var before = (await rig.CatalogAsync()).Views;

        await rig.DeclareAsync([.. DeclaredViewTests.Views(ByProduct.Replace("\"window\"", "\"limit\": 77, \"window\""))]);
        var after = Assert.Single((await rig.CatalogAsync()).Views);
        Assert.Equal((77, before[1].Generation), (after.Definition.GroupsMax, after.Generation));
        await AssertExactAsync(rig, entries, "kept");
        Assert.Empty(await NaiveBuckets.StoredAsync(rig, before[0]));
    }

    [Fact]
    public async Task Entries_dead_lettered_unseen_stay_uncounted_and_undecodable_ones_too()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync("event_type", "view", "value", "no number");
        var poison = await rig.AddAsync("event_type", "view", "user_id", "poison");
        await rig.Consumer("doomed").ReadAsync(1);
        await rig.Consumer("a").RecoverAsync(TimeSpan.Zero);
        var consumer = rig.Consumer("b", new RecoveryLimits { DeliveriesMax = 2 });
        await rig.RunAsync("XREADGROUP", "GROUP", StreamRig.Group, "doomed", "COUNT", "1", "STREAMS", rig.Keys.Stream, ">");
        await rig.RunAsync("XCLAIM", rig.Keys.Stream, StreamRig.Group, "doomed", "0", poison, "RETRYCOUNT", "9");
        await consumer.RecoverAsync(TimeSpan.Zero);
        if (consumer.Batch.Count > 0) await consumer.CommitAsync();
        var sound = await DeclaredViewTests.AppendAsync(rig, new Random(4), 50);
        await consumer.DrainAsync();
        Assert.Equal(2, (await rig.DeadAsync()).Count);

        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors)]);
        await AssertExactAsync(rig, sound, "dead letters");
    }

    [Fact]
    public async Task Entries_counted_around_a_dead_lettered_one_are_rebuilt_while_an_older_one_is_pending()
    {
        var rig = await fixture.NewStreamAsync();
        var (slow, fast) = (rig.Consumer("slow"), rig.Consumer("fast", new RecoveryLimits { EntryBytesMax = 4_000 }));
        await rig.AddClicksAsync(2);
        await rig.AddAsync("event_type", new string('x', 5_000));
        var ids = await rig.AddClicksAsync(1);
        await slow.ReadAsync(1);
        await fast.ReadAsync(3);
        Assert.Single((await fast.RecoverAsync()).Buried);
        Assert.Equal(CommitOutcome.Counted, await fast.CommitAsync());
        Assert.Equal([fast.Ids[0], ids[0]], (await rig.MetaAsync("ahead"))!.Split(' ')); // one range, the buried one within it

        await rig.DeclareAsync([.. DeclaredViewTests.Views("""{ "name": "v", "window": "all" }""")]);
        var after = rig.Consumer("slow", catalog: await rig.CatalogAsync());
        await after.RecoverAsync();
        Assert.Equal(CommitOutcome.Counted, await after.CommitAsync());
        Assert.Equal("3", (await rig.RunAsync("HGET", rig.Keys.BucketKey("v.1:all"), "count:")).AsText());
    }

    [Fact]
    public async Task Version_of_a_catalog_never_comes_twice_not_even_after_everything_was_lost()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors)]);
        var before = await rig.CatalogAsync();
        await rig.RunAsync("DEL", rig.Keys.Meta, rig.Keys.Views);
        await rig.DeclareAsync([.. DeclaredViewTests.Views(ByProduct)]);
        Assert.NotEqual(before.Version, (await rig.CatalogAsync()).Version);
    }

    [Fact]
    public async Task Rebuild_given_up_before_trimming_begins_anew_and_says_since_when_it_counts()
    {
        var rig = await fixture.NewStreamAsync();
        var entries = await DeclaredViewTests.AppendAsync(rig, new Random(8), 600);
        await rig.Consumer("a").DrainAsync();
        using var killed = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Editor.ApplyAsync(DeclaredViewTests.Views(Visitors), drops: true, _ => killed.Cancel(), killed.Token));
        await rig.RunAsync("HSET", rig.Keys.Meta, "rebuild_touched_ms", "1"); // long ago
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { Retain = TimeSpan.Zero }, CancellationToken.None);
        var oldest = (await rig.RunAsync("XRANGE", rig.Keys.Stream, "-", "+", "COUNT", "1"))[0][0].AsText();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors)]);
        var view = Assert.Single((await rig.CatalogAsync()).Views);
        Assert.Equal(oldest.Split('-')[0], view.SinceMs.ToString());
        await AssertExactAsync(rig, entries.SkipWhile(entry => entry.Id.ToString() != oldest), "begun anew");
    }

    [Fact]
    public async Task Interrupted_rebuild_of_a_view_that_is_no_longer_wanted_is_given_up()
    {
        var rig = await fixture.NewStreamAsync();
        await DeclaredViewTests.AppendAsync(rig, new Random(9), 600);
        await rig.Consumer("a").DrainAsync();
        using var killed = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Editor.ApplyAsync(DeclaredViewTests.Views(Visitors), drops: true, _ => killed.Cancel(), killed.Token));
        var building = (await rig.CatalogAsync()).Views[0];
        await rig.RunAsync("HSET", rig.Keys.Meta, "rebuild_touched_ms", "1");
        await rig.DeclareAsync();
        Assert.Empty((await rig.CatalogAsync()).Views);
        Assert.Empty(await NaiveBuckets.StoredAsync(rig, building));
        Assert.Null(await rig.MetaAsync("rebuild_cursor"));
    }

    [Fact]
    public async Task Page_counts_once_when_it_is_repeated_and_not_at_all_when_a_key_has_the_wrong_type()
    {
        var rig = await fixture.NewStreamAsync();
        await DeclaredViewTests.AppendAsync(rig, new Random(10), 100);
        await rig.Consumer("a").DrainAsync();
        await rig.RunAsync("RENAME", rig.Keys.Buckets, rig.Keys.Buckets + ":aside");
        await rig.RunAsync("SET", rig.Keys.Buckets, "not ours");
        var refused = await Assert.ThrowsAsync<RedisReplyException>(() => rig.DeclareAsync([.. DeclaredViewTests.Views(ByProduct)]));
        Assert.Equal("SGTYPE", refused.Code);
        Assert.Equal("0-0", await rig.MetaAsync("rebuild_cursor"));
    }

    [Fact]
    public async Task Retention_that_grows_promises_nothing_from_before_and_keeps_what_is_there()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views("""{ "name": "v", "window": "1h", "retain": { "1h": "2h" } }""")]);
        await rig.AddAsync("event_type", "view");
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views("""{ "name": "v", "window": "1h", "retain": { "1h": "48h" } }""")]);
        var tier = Assert.Single((await rig.CatalogAsync()).Views).Definition.Tiers[0];
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.InRange(tier.KeptSinceMs, nowMs - (2 * 3_600_000) - 60_000, nowMs - (2 * 3_600_000));
        Assert.False(tier.IsKept(tier.BucketStartMs(nowMs - (5 * 3_600_000)), nowMs));
        Assert.True(tier.IsKept(tier.BucketStartMs(nowMs), nowMs));
        var name = (await rig.RunAsync("ZRANGE", rig.Keys.Buckets, "0", "-1")).Items.Select(item => item.AsText()).Single(bucket => bucket.StartsWith("v.", StringComparison.Ordinal));
        Assert.True((await rig.RunAsync("PTTL", rig.Keys.BucketKey(name))).AsInteger() > 40 * 3_600_000L);
    }

    [Fact]
    public async Task Foreign_dead_letters_do_not_stand_in_the_way()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("XADD", rig.Keys.Dead, "*", "a", "b");
        var entries = await DeclaredViewTests.AppendAsync(rig, new Random(11), 50);
        await rig.Consumer("a").DrainAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(ByProduct)]);
        await AssertExactAsync(rig, entries, "foreign letters");
    }

    [Fact]
    public async Task Trimming_waits_for_a_rebuild_that_moves_and_for_no_other()
    {
        var rig = await fixture.NewStreamAsync();
        await DeclaredViewTests.AppendAsync(rig, new Random(5), 300);
        await rig.Consumer("a").DrainAsync();
        var all = new TendOptions { Retain = TimeSpan.Zero, RetainBytesMax = 0 };
        await rig.RunAsync("HSET", rig.Keys.Meta, "rebuild_cursor", "0-0", "rebuild_touched_ms", $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
        await rig.StreamGroup.TendAsync(rig.Redis, all, CancellationToken.None);
        Assert.Equal(300, (await rig.RunAsync("XLEN", rig.Keys.Stream)).AsInteger());

        await rig.RunAsync("HSET", rig.Keys.Meta, "rebuild_touched_ms", "1");
        await rig.StreamGroup.TendAsync(rig.Redis, all, CancellationToken.None);
        Assert.InRange((await rig.RunAsync("XLEN", rig.Keys.Stream)).AsInteger(), 0, 200);
    }

    [Fact]
    public async Task View_of_a_trimmed_stream_says_since_when_it_counts()
    {
        var rig = await fixture.NewStreamAsync();
        var entries = await DeclaredViewTests.AppendAsync(rig, new Random(6), 100);
        await rig.Consumer("a").DrainAsync();
        await rig.RunAsync("XTRIM", rig.Keys.Stream, "MINID", entries[40].Id.ToString());
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors)]);
        Assert.Equal(entries[40].Id.ArrivalMs, (await rig.CatalogAsync()).Views[0].SinceMs);
        await AssertExactAsync(rig, entries.Skip(40), "trimmed");
    }

    // A processor in small: takes the catalog anew whenever a commit is refused for it.
    private static Task CountLiveAsync(StreamRig rig, CancellationToken stopping) => Task.Run(
        async () =>
        {
            await using var redis = await RespConnection.ConnectAsync(rig.Redis.Endpoint, new RedisOptions(), CancellationToken.None);
            var own = new StreamRig(redis, rig.Keys.Stream, TimeSpan.FromHours(24), 1_000_000);
            var random = new Random(7);
            while (!stopping.IsCancellationRequested)
            {
                var consumer = own.Consumer("live", catalog: await own.CatalogAsync());
                var outcome = CommitOutcome.Counted;
                while (outcome == CommitOutcome.Counted && !stopping.IsCancellationRequested)
                {
                    await consumer.RecoverAsync(random.Next(2) == 0 ? null : TimeSpan.Zero, random.Next(1, 50));
                    if (consumer.Batch.Count == 0) await consumer.ReadAsync(random.Next(1, 50));
                    if (consumer.Batch.Count > 0) outcome = await consumer.CommitAsync();
                }
            }
        },
        CancellationToken.None);

    private static async Task DrainedAsync(StreamRig rig)
    {
        for (var i = 0; i < 1_000; i++)
        {
            if ((await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None)).OldestOpen is null) return;
            await Task.Delay(20);
        }

        Assert.Fail("entries stayed pending or undelivered for 20 s");
    }

    private static async Task AssertExactAsync(StreamRig rig, IEnumerable<(StreamEntryId Id, string[] Fields)> entries, string what)
    {
        var nowMs = (await rig.RunAsync("TIME"))[0].AsInteger() * 1000;
        foreach (var view in (await rig.CatalogAsync()).Views)
        {
            var differences = NaiveBuckets.Differences(NaiveBuckets.Expected(view, entries, nowMs), await NaiveBuckets.StoredAsync(rig, view));
            Assert.True(differences.Length == 0, $"{what}, {view.Definition.Name}: {differences}");
        }
    }
}
