using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Committing;

/// <summary>What the group's own memory forgets or repeats, <c>meta</c> remembers.</summary>
public sealed class CountedOnceTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Group_set_backwards_leaves_totals_unchanged()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddClicksAsync(7);
        await consumer.DrainAsync();
        await rig.RunAsync("XGROUP", "SETID", rig.Keys.Stream, StreamRig.Group, "0");
        await rig.AddClicksAsync(2);
        Assert.Equal(9, await consumer.ReadAsync(100));
        Assert.Equal(CommitOutcome.Missing, await consumer.CommitAsync());
        Assert.Equal((7, 7), ((await rig.ReadAsync()).TotalCount, consumer.Commit.MissingCount));
        Assert.Equal("7", await rig.MetaAsync("refused_below_floor"));
        Assert.Equal(2, await rig.PendingAsync());

        await consumer.RecoverAsync();
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        Assert.Equal(9, (await rig.ReadAsync()).TotalCount);
    }

    [Theory]
    [InlineData(17_955_979_990_000_000_001, 0)] // nanoseconds
    [InlineData(1_795_597_999_000, 9_007_199_254_740_992)]
    [InlineData(ulong.MaxValue, ulong.MaxValue - 10)]
    public async Task Ids_that_differ_in_their_last_digit_only_are_counted_one_by_one(ulong ms, ulong sequence)
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        for (var i = 0UL; i < 5; i++)
        {
            var id = sequence == 0 ? new StreamEntryId(ms + i, 0) : new StreamEntryId(ms, sequence + i);
            await rig.RunAsync("XADD", rig.Keys.Stream, id.ToString(), "event_type", "click", "ts", "1795597999");
            Assert.Equal(1, await consumer.ReadAsync(1));
            Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
            Assert.Equal(id.ToString(), await rig.MetaAsync("floor"));
        }

        Assert.Equal(5, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Greatest_id_there_is_can_be_counted_recovered_read_and_verified()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("XADD", rig.Keys.Stream, StreamEntryId.Greatest.ToString(), "event_type", "click", "ts", "1795597999");
        await rig.Consumer("ghost").ReadAsync(1);
        var consumer = rig.Consumer("a");
        var page = await consumer.RecoverAsync(TimeSpan.Zero);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        Assert.True((await consumer.RecoverAsync(TimeSpan.Zero, after: page.After)).IsAtEnd);
        Assert.True((await consumer.RecoverAsync(after: page.After)).IsAtEnd);
        Assert.Equal(1, (await rig.ReadAsync()).TotalCount);
        Assert.True((await new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group).RunAsync(_ => { }, CancellationToken.None)).IsSound);
    }

    [Theory]
    [InlineData("floor", "1700000000000-18446744073709551616")] // one more than there is
    [InlineData("floor", "oops")]
    [InlineData("ahead", "1-1 oops")]
    public async Task Books_that_hold_no_id_are_named_and_nothing_is_written(string field, string value)
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddClicksAsync(2);
        await consumer.ReadAsync(1);
        await rig.RunAsync("HSET", rig.Keys.Meta, field, value);
        var before = await rig.DumpAsync();
        Func<Task>[] calls =
        [
            () => rig.JoinAsync(), () => consumer.CommitAsync(), () => rig.Consumer("a").RecoverAsync(), () => rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None),
            () => new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group).RunAsync(_ => { }, CancellationToken.None),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<RedisReplyException>(call);
            Assert.Equal("books_spoilt", Streams.Conditions.Of(error).Name);
            Assert.Contains($"field {field} of {rig.Keys.Meta}", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, await rig.DumpAsync());
        }

        await rig.RunAsync("HDEL", rig.Keys.Meta, field);
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
    }

    [Theory]
    [InlineData("1700000000000-18446744073709551615", "1700000000000-18446744073709551614")]
    [InlineData("1700000000000-9007199254740993", "1700000000000-9007199254740992")]
    [InlineData("1700000000000-0", "1699999999999-18446744073709551615")]
    [InlineData("18446744073709551615-0", "18446744073709551614-18446744073709551615")]
    [InlineData("10-10", "10-9")]
    public async Task Floor_stays_right_below_the_oldest_pending_entry_and_a_lost_group_begins_there(string oldest, string floor)
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("XADD", rig.Keys.Stream, oldest, "event_type", "click", "ts", "1795597999");
        await rig.Consumer("ghost").ReadAsync(1);
        await rig.AddAsync("event_type", "click", "ts", "1795597999");
        var consumer = rig.Consumer("a");
        await consumer.DrainAsync();
        Assert.Equal(floor, await rig.MetaAsync("floor"));

        await rig.RunAsync("XGROUP", "DESTROY", rig.Keys.Stream, StreamRig.Group);
        Assert.Equal(floor, (await rig.JoinAsync()).Floor);
        await DrainAsync(rig);
        Assert.Equal(2, (await rig.ReadAsync()).TotalCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Entries_counted_ahead_of_a_pending_one_are_not_counted_again(bool destroy)
    {
        var rig = await fixture.NewStreamAsync();
        var (slow, fast) = (rig.Consumer("slow"), rig.Consumer("fast"));
        await rig.AddClicksAsync(8);
        await slow.ReadAsync(1);
        await fast.ReadAsync(3);
        Assert.Equal(CommitOutcome.Counted, await fast.CommitAsync());
        if (destroy)
        {
            await rig.RunAsync("XGROUP", "DESTROY", rig.Keys.Stream, StreamRig.Group);
            var joined = await rig.JoinAsync();
            Assert.Equal(GroupState.Recreated, joined.State);
            Assert.Equal(await rig.MetaAsync("floor"), joined.Floor);
        }
        else
        {
            await rig.RunAsync("XGROUP", "SETID", rig.Keys.Stream, StreamRig.Group, "0");
        }

        await DrainAsync(rig);
        Assert.Equal(8, (await rig.ReadAsync()).TotalCount);
        Assert.Equal(destroy ? "3" : "4", await rig.MetaAsync("refused_below_floor")); // set backwards, the group also repeats what was pending
        Assert.Null(await rig.MetaAsync("ahead"));
    }

    [Fact]
    public async Task Lost_group_is_made_anew_at_the_floor()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(4);
        await rig.Consumer("a").DrainAsync();
        await rig.AddClicksAsync(3);
        await rig.RunAsync("XGROUP", "DESTROY", rig.Keys.Stream, StreamRig.Group);
        Assert.Equal(GroupState.Recreated, (await rig.JoinAsync()).State);
        Assert.Equal(GroupState.Existing, (await rig.JoinAsync()).State);
        await rig.Consumer("b").DrainAsync();
        Assert.Equal(7, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Ranges_ahead_of_the_floor_are_one_per_gap_however_many_commits_make_them()
    {
        var rig = await fixture.NewStreamAsync();
        var (slow, fast) = (rig.Consumer("slow"), rig.Consumer("fast"));
        await rig.AddClicksAsync(1);
        await slow.ReadAsync(1);
        for (var i = 0; i < 50; i++)
        {
            await rig.AddClicksAsync(2);
            await fast.ReadAsync(2);
            await fast.CommitAsync();
        }

        Assert.Equal(2, (await rig.MetaAsync("ahead"))!.Split(' ').Length);
        await slow.CommitAsync();
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        Assert.Null(await rig.MetaAsync("ahead"));
        Assert.Equal(fast.Ids[^1], await rig.MetaAsync("floor"));
    }

    [Fact]
    public async Task One_consumer_that_commits_in_order_keeps_no_ranges()
    {
        var rig = await fixture.NewStreamAsync();
        TestConsumer[] slots = [rig.Consumer("a"), rig.Consumer("a"), rig.Consumer("a")];
        await rig.AddClicksAsync(9);
        foreach (var slot in slots) await slot.ReadAsync(3);
        foreach (var slot in slots)
        {
            Assert.Equal(CommitOutcome.Counted, await slot.CommitAsync());
            Assert.Null(await rig.MetaAsync("ahead"));
        }
    }

    /// <summary>What a processor does after any interruption, until nothing is left.</summary>
    internal static async Task DrainAsync(StreamRig rig)
    {
        var consumer = rig.Consumer("drain", new RecoveryLimits { DeliveriesMax = int.MaxValue, IsolateAtDeliveries = int.MaxValue });
        for (var round = 0; round < 10_000; round++)
        {
            await consumer.RecoverAsync();
            if (consumer.Batch.Count == 0) await consumer.RecoverAsync(TimeSpan.Zero);
            if (consumer.Batch.Count == 0 && await consumer.ReadAsync(50) == 0) return;
            await consumer.CommitAsync();
        }

        Assert.Fail("Draining does not end.");
    }
}
