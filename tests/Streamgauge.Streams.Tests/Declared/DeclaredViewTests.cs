using System.Globalization;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Declared;

/// <summary>Declared views as they are stored, against a naive count of the same entries.</summary>
public sealed class DeclaredViewTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const long HourMs = 3_600_000;

    private static readonly ViewDefinition Sales = Views("""
        { "name": "sales", "filter": "event_type in ('type0', 'type1')", "group_by": ["product", "country"],
          "measures": ["count", "sum", "avg", "min", "max", "sum(weight)", "max(weight)", "unique(user_id)", "quantiles"],
          "window": ["10m", "1h", "all"], "retain": { "10m": "3h", "1h": "12h" } }
        """)[0];

    private static readonly ViewDefinition Visitors = Views("""{ "name": "visitors", "measures": ["unique(user_id)"], "window": "1h" }""")[0];

    [Fact]
    public async Task Every_stored_byte_is_what_a_naive_count_gives_whatever_the_order_of_commits()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Sales, Visitors);
        var catalog = await rig.CatalogAsync();
        var entries = await AppendAsync(rig, random, 3_000);

        // Several consumers take turns and commit in any order; one dies now and then, and another takes its entries over.
        var consumers = Enumerable.Range(0, 4).Select(i => rig.Consumer($"c{i}", catalog: catalog)).ToList();
        while ((await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None)).OldestOpen is not null)
        {
            foreach (var consumer in consumers) await consumer.ReadAsync(random.Next(1, 200));
            foreach (var consumer in consumers.OrderBy(_ => random.Next()))
            {
                if (consumer.Batch.Count > 0 && random.Next(4) > 0) await consumer.CommitAsync();
            }

            foreach (var idle in (TimeSpan?[])[null, TimeSpan.Zero]) // its own, then those of the others
            {
                await consumers[0].RecoverAsync(idle, 1_000);
                if (consumers[0].Batch.Count > 0) await consumers[0].CommitAsync();
            }
        }

        foreach (var view in catalog.Views)
        {
            var nowMs = (await rig.RunAsync("TIME"))[0].AsInteger() * 1000;
            var differences = NaiveBuckets.Differences(NaiveBuckets.Expected(view, entries, nowMs), await NaiveBuckets.StoredAsync(rig, view));
            Assert.True(differences.Length == 0, $"seed {seed}, {view.Definition.Name}: {differences}");
        }
    }

    [Fact]
    public async Task Commit_made_for_another_catalog_is_refused_and_writes_nothing()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(3);
        var consumer = rig.Consumer("a");
        await consumer.ReadAsync(10);
        await rig.DeclareAsync(Visitors);
        var before = await rig.DumpAsync();
        Assert.Equal(CommitOutcome.ViewsChanged, await consumer.CommitAsync());
        Assert.Equal(before, await rig.DumpAsync());
    }

    [Fact]
    public async Task Beyond_the_budget_groups_are_counted_as_other_and_estimated_and_totals_stay_exact()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Visitors with { Name = "by_user", GroupBy = ["user_id"], GroupsMax = 10, Tiers = [Tier.AllTime] });
        var catalog = await rig.CatalogAsync();
        for (var i = 0; i < 2_000; i++) await rig.AddAsync("event_type", "view", "user_id", $"u{i % 1_000}");
        await rig.Consumer("a", catalog: catalog).DrainAsync();

        var stored = await rig.RunAsync("HGETALL", rig.Keys.BucketKey($"by_user.{catalog.Views[0].Generation}:all"));
        var builder = new BucketBuilder(catalog.Views[0].Definition);
        foreach (var pair in stored.Items.Chunk(2)) builder.Add(pair[0].AsBytes().Span, pair[1].AsBytes().Span);
        var bucket = builder.Build(revision: 1);
        Assert.Equal(10, bucket.GroupCount);
        Assert.Equal(11, stored.Items.Chunk(2).Count(pair => pair[0].AsText().StartsWith("count:", StringComparison.Ordinal)));
        Assert.Equal(2_000, stored.Items.Chunk(2).Where(pair => pair[0].AsText().StartsWith("count:", StringComparison.Ordinal)).Sum(pair => pair[1].AsInteger()));
        var hidden = new HyperLogLog();
        hidden.Merge(stored.Items.Chunk(2).Single(pair => pair[0].AsText() == "hidden")[1].AsBytes().Span);
        Assert.InRange(hidden.Estimate(), 990 * 0.93, 990 * 1.07);
    }

    [Fact]
    public async Task Flood_of_invented_names_moves_memory_by_no_more_than_the_budget_allows()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Visitors with { Name = "by_product", GroupBy = ["product"], GroupsMax = 100, Measures = [Measure.Count], Tiers = [Tier.AllTime] });
        var catalog = await rig.CatalogAsync();
        var consumer = rig.Consumer("a", catalog: catalog);
        var key = rig.Keys.BucketKey($"by_product.{catalog.Views[0].Generation}:all");
        for (var i = 0; i < 5_000; i++) await rig.AddAsync("event_type", "view", "product", $"invented-{i}");
        await consumer.DrainAsync();
        var early = (await rig.RunAsync("MEMORY", "USAGE", key, "SAMPLES", "0")).AsInteger();
        for (var i = 5_000; i < 20_000; i++) await rig.AddAsync("event_type", "view", "product", $"invented-{i}");
        await consumer.DrainAsync();
        var late = (await rig.RunAsync("MEMORY", "USAGE", key, "SAMPLES", "0")).AsInteger();
        Assert.InRange(late, early - 512, early + 512);
        Assert.Equal("101", (await rig.RunAsync("HLEN", key)).AsInteger() - 2 + ""); // 100 groups and (other), beside groups and hidden
    }

    [Fact]
    public async Task Entry_with_an_id_from_the_future_takes_nothing_from_those_read_with_it()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Visitors);
        var catalog = await rig.CatalogAsync();
        for (var i = 0; i < 3; i++) await rig.AddAsync("event_type", "view", "session_id", "s");
        await rig.RunAsync("XADD", rig.Keys.Stream, "1999999999999-0", "event_type", "view", "session_id", "s");
        var hourMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / HourMs * HourMs;
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        var key = rig.Keys.BucketKey($"visitors.{catalog.Views[0].Generation}:1h:{hourMs}");
        Assert.Equal("3", (await rig.RunAsync("HGET", key, "count:")).Text);
        Assert.Equal(4, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Bucket_that_is_over_when_its_commit_comes_is_not_made_again_and_its_events_are_late()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. Views("""{ "name": "short", "window": ["1s", "all"], "retain": { "1s": "1s" } }""")]);
        var catalog = await rig.CatalogAsync();
        await rig.AddAsync("event_type", "view");
        var consumer = rig.Consumer("a", catalog: catalog);
        await consumer.ReadAsync(10);
        await Task.Delay(2_100);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        Assert.Equal("1", await rig.MetaAsync("late"));
        Assert.Equal(["aggregates", $"short.{catalog.Views[0].Generation}:all"], (await rig.RunAsync("ZRANGE", rig.Keys.Buckets, "0", "-1")).Items.Select(item => item.AsText()).Order());
    }

    [Fact]
    public async Task Foreign_bytes_in_a_bucket_are_reported_as_residue_and_stop_nothing()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Sales with { Filter = null, GroupBy = [], Tiers = [Tier.AllTime] });
        var catalog = await rig.CatalogAsync();
        var key = rig.Keys.BucketKey($"sales.{catalog.Views[0].Generation}:all");
        await rig.RunAsync("HSET", key, "min(value):", "soon", "unique(user_id):", "ab", "sum(value):", "many");
        await rig.AddAsync("event_type", "view", "user_id", "u", "value", "3");
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        Assert.Equal("3", await rig.MetaAsync("residue"));
        Assert.Equal("1", (await rig.RunAsync("HGET", key, "count:")).AsText());
        Assert.Equal("3000000", (await rig.RunAsync("HGET", key, "max(value):")).AsText());
    }

    [Fact]
    public async Task Extremes_of_19_digits_are_told_apart_by_their_last()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Sales with { Filter = null, GroupBy = [], Tiers = [Tier.AllTime], Measures = [new(MeasureKind.Min, "value"), new(MeasureKind.Max, "value")] });
        var catalog = await rig.CatalogAsync();
        var consumer = rig.Consumer("a", catalog: catalog);
        var key = rig.Keys.BucketKey($"sales.{catalog.Views[0].Generation}:all");
        foreach (var value in (string[])["999999999.999998", "999999999.999999", "999999999.999997", "-999999999.999998", "-999999999.999999", "-7", "7"])
        {
            await rig.AddAsync("event_type", "view", "value", value);
            await consumer.DrainAsync();
        }

        Assert.Equal("-999999999999999", (await rig.RunAsync("HGET", key, "min(value):")).AsText());
        Assert.Equal("999999999999999", (await rig.RunAsync("HGET", key, "max(value):")).AsText());
    }

    [Fact]
    public async Task Names_of_expired_buckets_are_forgotten_by_housekeeping()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(Visitors);
        var catalog = await rig.CatalogAsync();
        await rig.AddAsync("event_type", "view", "user_id", "u");
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        await rig.RunAsync("ZADD", rig.Keys.Buckets, "1", "visitors.1:1h:3600000");
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        var names = (await rig.RunAsync("ZRANGE", rig.Keys.Buckets, "0", "-1")).Items.Select(item => item.AsText()).ToList();
        Assert.DoesNotContain("visitors.1:1h:3600000", names);
        Assert.Equal(2, names.Count); // the live hour, and aggregates
    }

    internal static IReadOnlyList<ViewDefinition> Views(params string[] declarations)
    {
        var declared = ViewDeclarations.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{ "views": [{{string.Join(',', declarations)}}] }"""), "test");
        Assert.Empty(declared.Mistakes);
        return declared.Views;
    }

    internal static async Task<List<(StreamEntryId Id, string[] Fields)>> AppendAsync(StreamRig rig, Random random, int count)
    {
        var entries = new List<(StreamEntryId, string[])>();
        for (var i = 0; i < count; i++)
        {
            var fields = RandomEvents.Next(random, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 20 * HourMs);
            var id = await rig.AddAsync(fields);
            entries.Add((new StreamEntryId(ulong.Parse(id.Split('-')[0], CultureInfo.InvariantCulture), ulong.Parse(id.Split('-')[1], CultureInfo.InvariantCulture)), fields));
        }

        return entries;
    }
}
