using Streamgauge.Streams.Tests.Declared;
using Streamgauge.Streams.Tests.Sessions;

namespace Streamgauge.Streams.Tests.Verifying;

/// <summary>Views of sessions counted again: sound ones show no drift, whatever was forgotten, trimmed or beyond the limit, and a planted one is found.</summary>
public sealed class SessionVerifierTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const char Unit = '\u001f';

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Sound_views_show_no_drift_in_any_order_and_while_sessions_are_forgotten()
    {
        var random = Seeded.Random(out var seed);
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits, SessionStream.Users);
        await SessionStream.AppendAsync(rig, SessionStream.Create(random, 1_500, NowMs, stepMs: 3_000));
        var compared = 0;
        await SessionStream.CountAsync(rig, random, await rig.CatalogAsync(), async () =>
        {
            await TendAsync(rig);
            if (random.Next(8) > 0) return;
            var midway = await VerifyAsync(rig);
            Assert.True(midway.Drifts.Count == 0, $"seed {seed}: {string.Join("\n", midway.Drifts)}");
            compared += midway.SessionViews.Sum(view => view.Compared);
        });
        await TendAsync(rig);
        var result = await VerifyAsync(rig);
        Assert.True(result.Drifts.Count == 0, $"seed {seed}: {string.Join("\n", result.Drifts)}");
        Assert.True(compared > 0, $"seed {seed}: nothing was compared on the way");
        Assert.All(result.SessionViews, view => Assert.Equal((0, false, false), (view.OutOfReach, view.IsBeyondLimit, view.IsLeftOut)));
        Assert.All(result.SessionViews, view => Assert.True(view.Compared > 0, $"seed {seed}: nothing of {view.View} was compared"));
    }

    [Theory]
    [InlineData("totals", "sessions")]
    [InlineData("totals", "duration:30000")]
    [InlineData("totals", "entry:view")]
    [InlineData("totals", "entry:a type that never was")]
    [InlineData("totals", "exit_types")]
    [InlineData("totals", "other_events")]
    public async Task Planted_drift_in_the_totals_is_found_by_name(string part, string field)
    {
        var (rig, name) = await CountedAsync();
        await rig.RunAsync("HINCRBY", rig.Keys.BucketKey($"{name}:{part}"), field, "7");
        Assert.Contains((await VerifyAsync(rig)).Drifts, drift => drift.Bucket == $"{name}:{part}" && drift.Counter.StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_that_was_changed_together_with_its_totals_is_found()
    {
        var (rig, name) = await CountedAsync();
        var key = rig.Keys.BucketKey($"{name}:sessions");
        var parts = (await rig.RunAsync("HGET", key, "s1")).AsText().Split(Unit);
        await rig.RunAsync("HSET", key, "s1", string.Join(Unit, [parts[0], parts[1], "3", .. parts[3..]]));
        await rig.RunAsync("HINCRBY", rig.Keys.BucketKey($"{name}:totals"), "events", "1");
        var drift = Assert.Single((await VerifyAsync(rig)).Drifts, drift => drift.Bucket == $"{name}:sessions");
        Assert.Equal("s1", drift.Counter);
        Assert.Contains("2 events from view to buy", drift.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_that_is_missing_one_too_many_and_a_wrong_end_are_found()
    {
        var (rig, name) = await CountedAsync();
        await rig.RunAsync("HDEL", rig.Keys.BucketKey($"{name}:sessions"), "s2");
        await rig.RunAsync("HSET", rig.Keys.BucketKey($"{name}:sessions"), "ghost", $"{NowMs}{Unit}{NowMs}{Unit}1{Unit}view{Unit}view", "broken", "no session");
        var drifts = (await VerifyAsync(rig)).Drifts;
        Assert.Contains(drifts, drift => drift.Counter == "s2" && drift.Found is null);
        Assert.Contains(drifts, drift => drift.Counter == "ghost" && drift.Expected is null);
        Assert.Contains(drifts, drift => drift.Counter == "broken");
        Assert.Contains(drifts, drift => drift.Bucket == $"{name}:ends" && drift.Counter.StartsWith("s2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Beyond_the_limit_more_events_than_the_stream_has_are_found_and_the_rest_is_said_not_to_be_compared()
    {
        var (rig, name) = await CountedAsync(limit: 3);
        var sound = await VerifyAsync(rig);
        Assert.Empty(sound.Drifts);
        Assert.True(Assert.Single(sound.SessionViews).IsBeyondLimit);
        await rig.RunAsync("HSET", rig.Keys.BucketKey($"{name}:sessions"), "ghost", $"{NowMs}{Unit}{NowMs}{Unit}1{Unit}view{Unit}view");
        Assert.Contains((await VerifyAsync(rig)).Drifts, drift => drift is { Counter: "ghost", Expected: "at most 0 events" });
    }

    [Fact]
    public async Task Of_a_trimmed_stream_the_sessions_that_began_later_are_compared_and_the_totals_still()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        await SessionStream.AppendAsync(rig, SessionStream.Create(new Random(3), 600, NowMs, stepMs: 2_000)); // 20 minutes: beyond the allowed skew of 5
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        await rig.RunAsync("XTRIM", rig.Keys.Stream, "MAXLEN", "500");
        var result = await VerifyAsync(rig);
        Assert.Empty(result.Drifts);
        var view = Assert.Single(result.SessionViews);
        Assert.True(view is { Compared: > 0, OutOfReach: > 0 }, view.ToString());
        await rig.RunAsync("HINCRBY", rig.Keys.BucketKey($"{view.View}:totals"), "events", "1");
        Assert.Equal("events", Assert.Single((await VerifyAsync(rig)).Drifts).Counter);
    }

    [Fact]
    public async Task Retention_that_grew_puts_what_was_judged_by_the_old_one_out_of_reach()
    {
        var rig = await fixture.NewStreamAsync();
        var rule = SessionStream.Visits.Sessions!;
        await rig.DeclareAsync(SessionStream.Visits);
        await SessionStream.AppendAsync(rig, SessionStream.Create(new Random(4), 300, NowMs, stepMs: 1_000)); // some come later than 30 minutes
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        await rig.DeclareAsync(SessionStream.Visits with { Sessions = rule with { Retain = TimeSpan.FromHours(1) } });
        Assert.InRange(Assert.Single((await rig.CatalogAsync()).Views).RetainSinceMs, NowMs - 60_000, NowMs);
        var result = await VerifyAsync(rig);
        Assert.Empty(result.Drifts);
        Assert.Equal(0, Assert.Single(result.SessionViews).Compared);
    }

    [Fact]
    public async Task Background_bound_leaves_a_large_view_out_and_says_so()
    {
        var (rig, name) = await CountedAsync();
        await rig.RunAsync("HINCRBY", rig.Keys.BucketKey($"{name}:totals"), "events", "1");
        var result = await new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group) { FieldsPerBucketMax = 5 }.RunAsync(_ => { }, CancellationToken.None);
        Assert.True(Assert.Single(result.SessionViews).IsLeftOut);
        Assert.Empty(result.Drifts);
    }

    private static Task<Verification> VerifyAsync(StreamRig rig) => new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group).RunAsync(_ => { }, CancellationToken.None);

    private static Task TendAsync(StreamRig rig) => rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { Retain = TimeSpan.FromHours(24) }, CancellationToken.None);

    // Ten sessions of two events, 20 seconds apart.
    private async Task<(StreamRig Rig, string Name)> CountedAsync(int limit = 100)
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views($$"""{ "name": "visits", "sessions": { "gap": "1m" }, "limit": {{limit}} }""")]);
        for (var i = 0; i < 10; i++)
        {
            await rig.AddAsync("event_type", "view", "session_id", $"s{i}", "ts", $"{NowMs - 60_000}");
            await rig.AddAsync("event_type", "buy", "session_id", $"s{i}", "ts", $"{NowMs - 40_000}");
        }

        var catalog = await rig.CatalogAsync();
        await rig.Consumer("a", catalog: catalog).DrainAsync();
        return (rig, $"{catalog.Views[0].Definition.Name}.{catalog.Views[0].Generation}");
    }
}
