using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Sessions;

/// <summary>Views of sessions as they are stored, against a naive walk over the same entries.</summary>
public sealed class SessionViewTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Every_stored_byte_is_what_a_naive_walk_gives_and_the_same_for_any_order()
    {
        var random = Seeded.Random(out var seed);
        var entries = SessionStream.Create(random, 1_500, NowMs, stepMs: 3_000);
        var stored = new List<SortedDictionary<(string, string), string>>();
        for (var round = 0; round < 2; round++)
        {
            var rig = await fixture.NewStreamAsync();
            await rig.DeclareAsync(SessionStream.Visits, SessionStream.Users);
            var catalog = await rig.CatalogAsync();
            await SessionStream.AppendAsync(rig, entries);
            await SessionStream.CountAsync(rig, random, catalog);
            foreach (var view in catalog.Views) await NaiveSessions.AssertExactAsync(rig, view, entries, $"seed {seed}");
            Assert.Null(await rig.MetaAsync("residue"));
            stored.Add(await NaiveSessions.StoredAsync(rig, catalog.Views[0]));
        }

        Assert.Equal(stored[0], stored[1]);
    }

    [Fact]
    public async Task Forgetting_changes_nothing_that_is_kept_also_while_a_backlog_is_counted()
    {
        var random = Seeded.Random(out var seed);
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits, SessionStream.Users);
        var catalog = await rig.CatalogAsync();
        var entries = SessionStream.Create(random, 1_500, NowMs, stepMs: 6_000);
        await SessionStream.AppendAsync(rig, entries);
        var keptAtMost = 0L;
        await SessionStream.CountAsync(rig, random, catalog, async () =>
        {
            await TendAsync(rig);
            keptAtMost = Math.Max(keptAtMost, (await rig.RunAsync("ZCARD", rig.Keys.BucketKey($"users.{catalog.Views[1].Generation}:ends"))).AsInteger());
        });
        await TendAsync(rig);
        foreach (var view in catalog.Views) await NaiveSessions.AssertExactAsync(rig, view, entries, $"seed {seed}", NowMs);
        Assert.True(keptAtMost < NaiveSessions.Sessions(SessionStream.Users, entries).Count, $"seed {seed}: nothing was forgotten on the way");
    }

    [Fact]
    public async Task What_is_forgotten_leaves_no_trace_in_the_totals_and_the_view_goes_on()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        var catalog = await rig.CatalogAsync();
        await SessionStream.AppendAsync(rig, SessionStream.Create(new Random(1), 400, NowMs - (60 * SessionStream.MinuteMs), stepMs: 1_000));
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        var revision = (await TotalsAsync(rig, catalog)).Revision;
        await TendAsync(rig);
        var stored = await NaiveSessions.StoredAsync(rig, catalog.Views[0]);
        Assert.Equal([("totals", "gap_ms"), ("totals", "retain_ms")], stored.Keys);
        Assert.True((await TotalsAsync(rig, catalog)).Revision > revision, "readers would not see that sessions were forgotten");

        await TendAsync(rig); // the names of keys that are empty now may go; the next commit brings them back
        var entries = SessionStream.Create(new Random(2), 50, NowMs, stepMs: 100);
        await SessionStream.AppendAsync(rig, entries);
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        await NaiveSessions.AssertExactAsync(rig, catalog.Views[0], entries, "again");
        var generation = catalog.Views[0].Generation;
        Assert.Equal(["aggregates", $"visits.{generation}:ends", $"visits.{generation}:sessions", $"visits.{generation}:totals"], (await rig.RunAsync("ZRANGE", rig.Keys.Buckets, "0", "-1")).Items.Select(item => item.AsText()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sessions_forgotten_in_one_call_are_bounded_and_the_next_call_goes_on()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        var catalog = await rig.CatalogAsync();
        var oldMs = NowMs - (60 * SessionStream.MinuteMs);
        for (var i = 0; i < 1_500; i++) await rig.RunAsync("XADD", rig.Keys.Stream, $"{oldMs + i}-0", "event_type", "view", "session_id", $"s{i}");
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        await TendAsync(rig);
        Assert.Equal(500, (await TotalsAsync(rig, catalog)).Sessions);
        await TendAsync(rig);
        Assert.Equal(0, (await TotalsAsync(rig, catalog)).Sessions);
    }

    [Fact]
    public async Task Beyond_the_limit_events_are_other_ids_are_estimated_and_known_sessions_go_on()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits with { GroupsMax = 100, Filter = null });
        var catalog = await rig.CatalogAsync();
        for (var i = 0; i < 5_000; i++) await rig.AddAsync("event_type", "view", "session_id", $"s{i % 2_100}");
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        var totals = await TotalsAsync(rig, catalog);
        Assert.Equal((100, 100, 300, 4_700), (totals.Sessions, totals.Live, totals.Events, totals.OtherEvents));
        Assert.InRange(totals.HiddenIds, 2_000 * 0.93, 2_000 * 1.07);
        Assert.Empty(await new SessionViewReader(rig.Keys, catalog.Views[0]).ReadSessionAsync(rig.Redis, "s100", CancellationToken.None));
    }

    [Fact]
    public async Task Types_beyond_a_thousand_share_a_field_and_all_of_them_leave_again()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        var catalog = await rig.CatalogAsync();
        var oldMs = NowMs - (60 * SessionStream.MinuteMs);
        var consumer = rig.Consumer("a", catalog: catalog);
        for (var i = 0; i < 1_200; i++) await rig.RunAsync("XADD", rig.Keys.Stream, $"{oldMs + i}-0", "event_type", $"type{i % 1_100}", "session_id", $"s{i}");
        await consumer.DrainAsync();
        var totals = await TotalsAsync(rig, catalog);
        Assert.Equal((1_001, 100, 1_200), (totals.Entries.Count, totals.Entries.Single(type => type.Name == "(other)").Sessions, totals.Exits.Sum(type => type.Sessions)));

        await TendAsync(rig); // makes room, so that a type that shared a field gets its own
        await rig.RunAsync("XADD", rig.Keys.Stream, $"{oldMs + 2_000}-0", "event_type", "type1050", "session_id", "s1");
        await consumer.DrainAsync();
        for (var i = 0; i < 2; i++) await TendAsync(rig);
        Assert.Equal([("totals", "gap_ms"), ("totals", "retain_ms")], (await NaiveSessions.StoredAsync(rig, catalog.Views[0])).Keys);
    }

    [Fact]
    public async Task Sessions_are_told_as_totals_at_one_moment_and_one_by_one()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        var catalog = await rig.CatalogAsync();
        var empty = await TotalsAsync(rig, catalog);
        Assert.Equal((0, 0, 0, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30), 0), (empty.Sessions, empty.Live, empty.HiddenIds, empty.Gap, empty.Retain, empty.Revision));

        var nowMs = NowMs;
        string[][] events = [["a", "-600", "view"], ["a", "-560", "cart"], ["a", "-530", "buy"], ["a", "-5", "view"], ["b", "-2", "search"], ["b", "-1", "view"]];
        foreach (var one in events)
            await rig.AddAsync("event_type", one[2], "session_id", one[0], "ts", (nowMs + (1_000 * long.Parse(one[1], CultureInfo.InvariantCulture))).ToString(CultureInfo.InvariantCulture));
        await rig.Consumer("a", catalog: catalog).DrainAsync();

        var totals = await TotalsAsync(rig, catalog);
        Assert.Equal((3, 2, 6, TimeSpan.FromMilliseconds(71_000 / 3)), (totals.Sessions, totals.Live, totals.Events, totals.AverageDuration));
        Assert.Equal([1, 1, 0, 0, 1, 0, 0, 0, 0, 0], totals.Durations);
        Assert.Equal([1, 1, 1, 0, 0, 0, 0, 0, 0], totals.EventCounts);
        Assert.Equal([new("view", 2), new("search", 1)], totals.Entries);
        Assert.Equal([new("view", 2), new("buy", 1)], totals.Exits);
        Assert.True(totals.Revision > 0);

        var sessions = await new SessionViewReader(rig.Keys, catalog.Views[0]).ReadSessionAsync(rig.Redis, "a", CancellationToken.None);
        Assert.Equal([(3L, "view", "buy", 70), (1L, "view", "view", 0)], sessions.Select(session => (session.Events, session.Entry, session.Exit, (int)session.Duration.TotalSeconds)));
        Assert.Equal([false, true], sessions.Select(session => session.IsLive(totals.Now, totals.Gap)));
        Assert.Empty(await new SessionViewReader(rig.Keys, catalog.Views[0]).ReadSessionAsync(rig.Redis, "nobody", CancellationToken.None));
    }

    [Fact]
    public async Task Foreign_bytes_are_reported_as_residue_and_stop_nothing_and_foreign_types_are_refused()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        var catalog = await rig.CatalogAsync();
        var (sessions, ends, totals) = StreamKeys.SessionNames("visits", catalog.Views[0].Generation);
        await rig.RunAsync("HSET", rig.Keys.BucketKey(sessions), "a", "soon", "b", "1\u001f2\u001f3\u001fx");
        await rig.RunAsync("HSET", rig.Keys.BucketKey(totals), "events", "many", "entry:view", "few", "gap_ms", "long");
        await rig.RunAsync("ZADD", rig.Keys.BucketKey(ends), "1", "nobody", "2", "a\u001f1", "3", "c\u001f9");
        foreach (var id in (string[])["a", "b", "c"]) await rig.AddAsync("event_type", "view", "session_id", id);
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        Assert.Equal("4", await rig.MetaAsync("residue")); // two ids, two totals
        Assert.Equal(1, (await TotalsAsync(rig, catalog)).Sessions);
        await TendAsync(rig);
        Assert.Equal(1, (await TotalsAsync(rig, catalog)).Sessions);
        Assert.Equal(1, (await rig.RunAsync("ZCARD", rig.Keys.BucketKey(ends))).AsInteger());

        await rig.RunAsync("DEL", rig.Keys.BucketKey(ends));
        await rig.RunAsync("SET", rig.Keys.BucketKey(ends), "x");
        await TendAsync(rig);
        await rig.AddAsync("event_type", "view", "session_id", "c");
        var consumer = rig.Consumer("b", catalog: catalog);
        await consumer.ReadAsync(1);
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => consumer.CommitAsync());
        Assert.Equal("SGTYPE", error.Code);
        Assert.Contains("expected a zset", error.Message, StringComparison.Ordinal);
        await rig.RunAsync("DEL", rig.Keys.BucketKey(ends));
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
    }

    internal static Task TendAsync(StreamRig rig) => rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { Retain = TimeSpan.FromDays(1) }, CancellationToken.None);

    private static Task<SessionTotals> TotalsAsync(StreamRig rig, ViewCatalog catalog) => new SessionViewReader(rig.Keys, catalog.Views[0]).ReadAsync(rig.Redis, CancellationToken.None);
}
