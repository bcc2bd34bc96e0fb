using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Committing;

public sealed class CommitTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    [Fact]
    public async Task Commit_counts_exactly_and_acknowledges()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddClicksAsync(3);
        await rig.AddAsync("event_type", "purchase", "product", "phone", "value", "-0.25");
        await consumer.ReadAsync(10);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync(StreamRig.Updated));

        var read = await rig.ReadAsync();
        Assert.Equal((4, 4_250_000), (read.TotalCount, read.TotalValueMicros));
        Assert.Equal([new GroupTotal("click", 3, 4_500_000), new GroupTotal("purchase", 1, -250_000)], read.EventTypes.Top(10));
        Assert.Equal([new GroupTotal("laptop", 3, 0), new GroupTotal("phone", 1, 0)], read.Products.Top(10));
        Assert.Equal(3, read.SessionCount);
        Assert.Equal(StreamRig.Updated, read.LastUpdated);
        Assert.Equal((4, 4, 1), (read.Books.Entries, read.Books.Events, read.Commits));
        Assert.Equal(0, await rig.PendingAsync());
        Assert.Equal(consumer.Ids[^1], await rig.MetaAsync("floor"));
    }

    [Fact]
    public async Task Repeated_commit_answers_missing_and_changes_no_byte()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddClicksAsync(5);
        await consumer.ReadAsync(10);
        await consumer.CommitAsync();
        var before = await rig.DumpAsync();
        Assert.Equal(CommitOutcome.Missing, await consumer.CommitAsync());
        Assert.Equal(5, consumer.Commit.MissingCount);
        Assert.Equal(before, await rig.DumpAsync());
    }

    [Fact]
    public async Task Batch_with_an_entry_taken_over_by_a_peer_writes_nothing_and_then_both_count_their_own()
    {
        var rig = await fixture.NewStreamAsync();
        var (slow, taker) = (rig.Consumer("slow"), rig.Consumer("taker"));
        var ids = await rig.AddClicksAsync(3);
        await slow.ReadAsync(10);
        await rig.RunAsync("XCLAIM", rig.Keys.Stream, StreamRig.Group, "taker", "0", ids[1]);
        var before = await rig.DumpAsync();
        Assert.Equal(CommitOutcome.Missing, await slow.CommitAsync());
        Assert.Equal(1, slow.Commit.MissingCount);
        Assert.Equal(before, await rig.DumpAsync());

        await taker.RecoverAsync();
        Assert.Equal(CommitOutcome.Counted, await taker.CommitAsync());
        await slow.RecoverAsync();
        Assert.Equal([ids[0], ids[2]], slow.Ids);
        Assert.Equal(CommitOutcome.Counted, await slow.CommitAsync());
        Assert.Equal(3, (await rig.ReadAsync()).TotalCount);
        Assert.Equal(0, await rig.PendingAsync());
    }

    [Fact]
    public async Task Entries_between_others_of_the_same_consumer_are_counted_alone()
    {
        var rig = await fixture.NewStreamAsync();
        var ids = await rig.AddClicksAsync(6);
        await rig.Consumer("a").ReadAsync(10);

        // Another incarnation of the same name holds 2 and 5 only; 3 and 4 stay pending in between.
        var keys = rig.Keys;
        var reply = await rig.RunAsync(Call.Commit(keys, "a", [ids[1], ids[4]]));
        Assert.Equal("OK", reply[0].AsText());
        Assert.Equal(4, await rig.PendingAsync());
        Assert.Equal("2", await rig.MetaAsync("entries"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Key_of_a_wrong_type_is_named_and_nothing_is_written(int key)
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddClicksAsync(2);
        await consumer.ReadAsync(10);
        string[] keys = [rig.Keys.Meta, rig.Keys.Dead, rig.Keys.Aggregates];
        await rig.RunAsync("DEL", keys[key - 1]);
        await rig.RunAsync("SET", keys[key - 1], "foreign");
        var before = await rig.DumpAsync();
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => consumer.CommitAsync());
        Assert.Equal("SGTYPE", error.Code);
        Assert.Equal(before, await rig.DumpAsync());

        await rig.RunAsync("DEL", keys[key - 1]);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
    }

    [Fact]
    public async Task Session_bucket_of_a_wrong_type_is_named_and_nothing_is_written()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddClicksAsync(2);
        await consumer.ReadAsync(10);
        var sessions = rig.Views[3];
        await rig.RunAsync("SET", rig.Keys.Bucket("sessions", sessions.Tiers[0].BucketStartMs(consumer.Batch.NewestArrivalMs)), "foreign");
        var before = await rig.DumpAsync();
        Assert.Equal("SGTYPE", (await Assert.ThrowsAsync<RedisReplyException>(() => consumer.CommitAsync())).Code);
        Assert.Equal(before, await rig.DumpAsync());
    }

    [Theory]
    [InlineData("type:click:value_micros")]
    [InlineData("total_value_micros")]
    [InlineData("type:(other):value_micros")]
    public async Task Sum_at_its_end_stays_and_is_reported_and_everything_else_counts(string field)
    {
        var rig = await fixture.NewStreamAsync(groupsMax: field.Contains("other", StringComparison.Ordinal) ? 1 : 1_000);
        var consumer = rig.Consumer("a");
        if (field.Contains("other", StringComparison.Ordinal))
        {
            await rig.AddAsync("event_type", "first");
            await consumer.DrainAsync();
        }

        await rig.RunAsync("HSET", rig.Keys.Aggregates, field, "9223372036854775806");
        var total = (await rig.ReadAsync()).TotalCount;
        await rig.AddAsync("event_type", "click", "value", "5");
        await consumer.ReadAsync(10);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        Assert.Equal(total + 1, (await rig.ReadAsync()).TotalCount);
        Assert.Equal("9223372036854775806", (await rig.RunAsync("HGET", rig.Keys.Aggregates, field)).AsText());
        Assert.Equal("1", await rig.MetaAsync("residue"));
    }

    [Fact]
    public async Task Planted_counters_that_are_no_numbers_are_reported_and_everything_else_is_exact()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.RunAsync("HSET", rig.Keys.Aggregates, "type:click:count", "poison", "product:laptop:count", "1.5");
        await rig.RunAsync("HSET", rig.Keys.Meta, "events", "poison", "newest_event_ms", "poison", "groups:products", "poison");
        await rig.AddClicksAsync(4);
        await consumer.ReadAsync(10);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        var counters = await rig.RunAsync("HGETALL", rig.Keys.Aggregates);
        Assert.Equal("4", counters.Get("total_count")!.AsText());
        Assert.Equal("6000000", counters.Get("total_value_micros")!.AsText());
        Assert.Equal("6000000", counters.Get("type:click:value_micros")!.AsText());
        Assert.Equal("3", await rig.MetaAsync("residue"));
        Assert.Equal("4", await rig.MetaAsync("entries"));
        Assert.Equal("1", await rig.MetaAsync("commits"));
        Assert.Equal(0, await rig.PendingAsync());
    }

    [Fact]
    public async Task Full_server_refuses_appends_and_goes_on_counting()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        var other = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(10);
        await other.AddClicksAsync(5);
        await rig.RunAsync("CONFIG", "SET", "maxmemory", "1mb");
        try
        {
            var append = await Assert.ThrowsAsync<RedisReplyException>(() => rig.RunAsync(Call.Append(rig.Keys, "p", 1, isOldest: true, ["event_type", "click"])));
            Assert.Equal("OOM", append.Code);
            await consumer.DrainAsync();
            await rig.Consumer("b").RecoverAsync(AtOnce);
            await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { Retain = AtOnce }, CancellationToken.None);
            await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None);
            await rig.StreamGroup.LeaveAsync(rig.Redis, "a", CancellationToken.None);
            Assert.Equal(10, (await rig.ReadAsync()).TotalCount);
        }
        finally
        {
            await rig.RunAsync("CONFIG", "SET", "maxmemory", "0");
        }
    }
}
