using Streamgauge.Streams.Tests.Declared;

namespace Streamgauge.Streams.Tests.Verifying;

/// <summary>The stream counted again: no drift where there is none, and every planted one found.</summary>
public sealed class StreamVerifierTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Visitors = """{ "name": "visitors", "group_by": ["product"], "measures": ["sum", "min", "unique(user_id)", "quantiles"], "window": ["10m", "1h", "all"] }""";

    [Fact]
    public async Task Sound_stream_shows_no_drift_with_entries_pending_dead_and_undelivered()
    {
        var rig = await CountedAsync(800);
        await rig.AddAsync("event_type", "view", "value", "no number");
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        await DeclaredViewTests.AppendAsync(rig, new Random(2), 30);
        await rig.Consumer("b").ReadAsync(10); // stays pending
        var result = await VerifyAsync(rig);
        Assert.Empty(result.Drifts);
        Assert.Equal(new VerifiedBooks(831, 800, 1, 0, 10, 20), result.Books);
        Assert.Equal((0L, true, 800L), (result.Books.Unaccounted!.Value, result.IsSound, result.Events));
        Assert.Equal((null, 0), (result.Since, result.BucketsOutOfReach));
    }

    [Theory]
    [InlineData("aggregates", "type:type1:count")]
    [InlineData("aggregates", "total_value_micros")]
    [InlineData("all", "sum(value):product1")]
    [InlineData("all", "min(value):product1")]
    [InlineData("all", "quantiles(value)/999:product1")]
    [InlineData("all", "count:a group that never was")]
    public async Task Planted_drift_is_found_by_name(string bucket, string counter)
    {
        var rig = await CountedAsync(200);
        var name = bucket == "all" ? $"visitors.{(await rig.CatalogAsync()).Views[0].Generation}:all" : bucket;
        await rig.RunAsync("HINCRBY", rig.Keys.BucketKey(name), counter, "-7");
        var drift = Assert.Single((await VerifyAsync(rig)).Drifts);
        Assert.Equal((name, counter), (drift.Bucket, drift.Counter));
    }

    [Fact]
    public async Task Fields_whose_names_are_no_text_are_found_as_one()
    {
        var rig = await CountedAsync(20);
        await rig.RunAsync("EVAL", @"return redis.call('HSET', KEYS[1], '\255', 1, '\254', 1)", "1", rig.Keys.BucketKey($"visitors.{(await rig.CatalogAsync()).Views[0].Generation}:all"));
        await rig.RunAsync("EVAL", @"return redis.call('HSET', KEYS[1], '\255', 1, '\254', 1)", "1", rig.Keys.Meta);
        Assert.Equal("\uFFFD", Assert.Single((await VerifyAsync(rig)).Drifts).Counter);
    }

    [Fact]
    public async Task Spoilt_registers_a_lost_bucket_and_a_session_too_many_are_found()
    {
        var rig = await CountedAsync(300);
        var generation = (await rig.CatalogAsync()).Views[0].Generation;
        await rig.RunAsync("HSET", rig.Keys.BucketKey($"visitors.{generation}:all"), "unique(user_id):product1", "\0\u0001\u0002");
        var hours = (await rig.RunAsync("ZRANGE", rig.Keys.Buckets, "0", "-1")).Items.Select(item => item.AsText()).Where(name => name.StartsWith($"visitors.{generation}:1h:", StringComparison.Ordinal)).ToList();
        await rig.RunAsync("DEL", rig.Keys.BucketKey(hours[0]));
        var sessions = (await rig.RunAsync("KEYS", $"{{{rig.Keys.Stream}}}:sessions:*"))[0].AsText();
        await rig.RunAsync("HSET", sessions, "session:ghost:events", "1");
        var drifts = (await VerifyAsync(rig)).Drifts;
        Assert.Contains(drifts, drift => drift.Counter == "unique(user_id):product1");
        Assert.Contains(drifts, drift => drift.Bucket == hours[0] && drift.Found is null);
        Assert.Contains(drifts, drift => drift is { Counter: "session:ghost:events", Expected: null });
    }

    [Fact]
    public async Task Trimmed_stream_is_compared_as_far_as_it_reaches()
    {
        var rig = await CountedAsync(400);
        var first = (await rig.RunAsync("XRANGE", rig.Keys.Stream, "-", "+", "COUNT", "1"))[0][0].AsText();
        await rig.RunAsync("XDEL", rig.Keys.Stream, first);
        var result = await VerifyAsync(rig);
        Assert.Empty(result.Drifts);
        Assert.NotNull(result.Since);
        Assert.True(result.BucketsOutOfReach > 0);
    }

    [Fact]
    public async Task Entries_deleted_before_they_were_read_are_unaccounted_for()
    {
        var rig = await CountedAsync(10);
        var id = await rig.AddAsync("event_type", "view");
        await rig.RunAsync("XDEL", rig.Keys.Stream, id);
        await rig.AddAsync("event_type", "view");
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        var result = await VerifyAsync(rig);
        Assert.Equal(1, result.Books.Unaccounted);
        Assert.False(result.IsSound);
    }

    [Fact]
    public async Task Budget_that_ran_out_is_compared_by_its_total()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors.Replace("\"window\"", "\"limit\": 3, \"window\""))]);
        await DeclaredViewTests.AppendAsync(rig, new Random(3), 300);
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        Assert.Empty((await VerifyAsync(rig)).Drifts);
        await rig.RunAsync("HINCRBY", rig.Keys.BucketKey($"visitors.{(await rig.CatalogAsync()).Views[0].Generation}:all"), "count:(other)", "1");
        Assert.Equal("all groups together", Assert.Single((await VerifyAsync(rig)).Drifts).Counter);
    }

    [Theory]
    [InlineData("views_version", "1", "views were changed")]
    [InlineData("commits", "-1", "lost commits")]
    public async Task Verification_during_which_views_or_state_change_says_nothing(string book, string by, string reason)
    {
        var rig = await CountedAsync(300);
        var verifier = new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group);
        var changed = false;
        var refusal = await Assert.ThrowsAsync<VerificationVoidException>(() => verifier.RunAsync(
            entries =>
            {
                // Goes out over the verifier's own connection, and so before its next read.
                if (!changed) _ = rig.RunAsync("HINCRBY", rig.Keys.Meta, book, by);
                changed = true;
            },
            CancellationToken.None));
        Assert.Equal("changed", refusal.Outcome);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bounds_of_a_verification_in_the_background_leave_large_buckets_out_and_give_up_on_too_many_counters()
    {
        var rig = await CountedAsync(300);
        var all = await VerifyAsync(rig);
        var small = await new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group) { FieldsPerBucketMax = 5 }.RunAsync(_ => { }, CancellationToken.None);
        Assert.True(small.BucketsCompared < all.BucketsCompared);
        Assert.Equal(all.BucketsCompared + all.BucketsOutOfReach, small.BucketsCompared + small.BucketsOutOfReach);
        var refusal = await Assert.ThrowsAsync<VerificationVoidException>(() =>
            new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group) { CountersMax = 10 }.RunAsync(_ => { }, CancellationToken.None));
        Assert.Equal("too_large", refusal.Outcome);
    }

    private static Task<Verification> VerifyAsync(StreamRig rig) => new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group).RunAsync(_ => { }, CancellationToken.None);

    private async Task<StreamRig> CountedAsync(int events)
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Visitors)]);
        await DeclaredViewTests.AppendAsync(rig, new Random(1), events);
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        return rig;
    }
}
