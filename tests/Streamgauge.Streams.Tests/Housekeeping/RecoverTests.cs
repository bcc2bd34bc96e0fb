using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Housekeeping;

public sealed class RecoverTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan Idle = TimeSpan.Zero;

    [Fact]
    public async Task Own_entries_come_in_pages_and_their_delivery_counts_stay()
    {
        var rig = await fixture.NewStreamAsync();
        var ids = await rig.AddClicksAsync(7);
        await rig.Consumer("a").ReadAsync(10);
        var again = rig.Consumer("a");
        var found = new List<string>();
        var page = await again.RecoverAsync(count: 3);
        while (!page.IsAtEnd)
        {
            found.AddRange(again.Ids);
            page = await again.RecoverAsync(count: 3, after: page.After);
        }

        Assert.Equal(ids, found);
        Assert.All(await DeliveriesAsync(rig), delivery => Assert.Equal(("a", 1), delivery));
    }

    [Fact]
    public async Task Entries_of_silent_consumers_are_taken_over_in_pages_with_one_delivery_more()
    {
        var rig = await fixture.NewStreamAsync();
        var ids = await rig.AddClicksAsync(5);
        await rig.Consumer("dead").ReadAsync(10);
        var taker = rig.Consumer("taker");
        var page = await taker.RecoverAsync(Idle, count: 3);
        Assert.Equal(ids[..3], taker.Ids);
        await taker.RecoverAsync(Idle, count: 3, after: page.After);
        Assert.Equal(ids[3..], taker.Ids);
        Assert.All(await DeliveriesAsync(rig), delivery => Assert.Equal(("taker", 2), delivery));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Entry_that_must_be_buried_stays_pending_while_a_key_of_letters_has_the_wrong_type(bool isUncounted)
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(1);
        await rig.Consumer("ghost").ReadAsync(10);
        var taker = rig.Consumer("taker", new RecoveryLimits { DeliveriesMax = 1 });
        var key = isUncounted ? $"{{{rig.Keys.Stream}}}:uncounted" : rig.Keys.Dead;
        await rig.RunAsync("SET", key, "foreign");
        var before = await rig.DumpAsync();
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => taker.RecoverAsync(Idle));
        Assert.Equal("SGTYPE", error.Code);
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await rig.DumpAsync());

        await rig.RunAsync("DEL", key);
        Assert.Single((await taker.RecoverAsync(Idle)).Buried);
        Assert.Single(await rig.DeadAsync());
    }

    [Fact]
    public async Task Exhausted_dead_letter_stream_keeps_what_must_be_buried_pending_and_hands_out_the_rest()
    {
        var rig = await fixture.NewStreamAsync();
        var ids = new[] { (await rig.AddClicksAsync(1))[0], await rig.AddAsync("event_type", "click", "padding", new string('x', 4_000)), (await rig.AddClicksAsync(1))[0] };
        await rig.Consumer("ghost").ReadAsync(10);
        await rig.RunAsync("XADD", rig.Keys.Dead, "18446744073709551615-18446744073709551615", "x", "y");
        var taker = rig.Consumer("taker", new RecoveryLimits { EntryBytesMax = 3_000 });
        var page = await taker.RecoverAsync(Idle);
        Assert.Equal(ids[..1], taker.Ids);
        var before = await rig.DumpAsync();
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => taker.RecoverAsync(Idle, after: page.After));
        Assert.Equal("dead_letters_exhausted", Streams.Conditions.Of(error).Name);
        Assert.Equal(before, await rig.DumpAsync());

        await rig.RunAsync("RENAME", rig.Keys.Dead, $"{rig.Keys.Dead}-old");
        Assert.Equal(ids[1], Assert.Single((await taker.RecoverAsync(Idle, after: page.After)).Buried).Id.ToString());
        Assert.Equal(ids[2..], taker.Ids);
        Assert.Single(await rig.DeadAsync());
    }

    [Fact]
    public async Task Own_and_fresh_entries_are_not_taken_over()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(4);
        var (mine, other) = (rig.Consumer("mine"), rig.Consumer("other"));
        await mine.ReadAsync(2);
        await other.ReadAsync(2);
        await mine.RecoverAsync(TimeSpan.FromHours(1));
        Assert.Empty(mine.Ids);
        var page = await mine.RecoverAsync(Idle, count: 2);
        Assert.Empty(mine.Ids);
        Assert.False(page.IsAtEnd); // looked at two of its own
        await mine.RecoverAsync(Idle, count: 2, after: page.After);
        Assert.Equal(2, mine.Ids.Length);
    }

    [Fact]
    public async Task Entry_delivered_too_often_comes_alone_and_then_is_buried_whole()
    {
        var rig = await fixture.NewStreamAsync();
        var limits = new RecoveryLimits { IsolateAtDeliveries = 3, DeliveriesMax = 4 };
        var frame = Frame(3);
        await rig.AddClicksAsync(1);
        var suspect = await AddFrameAsync(rig, frame);
        await rig.AddClicksAsync(1);
        await rig.Consumer("c0").ReadAsync(10);
        for (var i = 0; i < 2; i++) await rig.RunAsync("XCLAIM", rig.Keys.Stream, StreamRig.Group, "c0", "0", suspect); // three deliveries

        var first = rig.Consumer("c1", limits);
        var page = await first.RecoverAsync(Idle);
        Assert.Single(first.Ids);
        await first.RecoverAsync(Idle, after: page.After);
        Assert.Equal([suspect], first.Ids); // four deliveries now
        var second = rig.Consumer("c2", limits);
        page = await second.RecoverAsync(Idle);
        Assert.Single(second.Ids);
        page = await second.RecoverAsync(Idle, after: page.After);
        Assert.Equal("too_many_deliveries", Assert.Single(page.Buried).Reason);
        Assert.Equal(0, page.LostCount);
        Assert.Single(second.Ids);

        var letter = Assert.Single(await rig.DeadAsync());
        Assert.Equal(("too_many_deliveries", suspect, "c1", "4", "-1"), (letter["reason"], letter["origin"], letter["consumer"], letter["deliveries"], letter["index"]));
        var kept = (await rig.RunAsync("XRANGE", rig.Keys.Dead, "-", "+"))[0][1].Get("f:" + Encoding.UTF8.GetString(FrameFormat.EntryField))!.AsBytes();
        Assert.Equal(frame, kept.ToArray());
        Assert.Equal("1", await rig.MetaAsync("dead_entries"));
    }

    [Fact]
    public async Task Entry_too_large_is_buried_and_its_neighbours_are_handed_out()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(1);
        await rig.AddAsync("event_type", new string('x', 5_000));
        await rig.AddClicksAsync(1);
        await rig.Consumer("a").ReadAsync(10);
        var again = rig.Consumer("a", new RecoveryLimits { EntryBytesMax = 4_000 });
        Assert.Equal("entry_too_large", Assert.Single((await again.RecoverAsync()).Buried).Reason);
        Assert.Equal(2, again.Ids.Length);
        Assert.Equal("entry_too_large", Assert.Single(await rig.DeadAsync())["reason"]);
    }

    [Fact]
    public async Task Page_ends_when_it_is_large_enough()
    {
        var rig = await fixture.NewStreamAsync();
        for (var i = 0; i < 8; i++) await rig.AddAsync("event_type", "click", "x", new string('x', 1_500_000));
        await rig.Consumer("a").ReadAsync(10);
        var again = rig.Consumer("a");
        var found = new List<string>();
        var pages = 0;
        for (var page = await again.RecoverAsync(); !page.IsAtEnd; page = await again.RecoverAsync(after: page.After), pages++) found.AddRange(again.Ids);
        Assert.Equal(8, found.Distinct().Count());
        Assert.InRange(pages, 2, 8);
    }

    [Fact]
    public async Task Entries_trimmed_while_pending_are_counted_as_lost()
    {
        var rig = await fixture.NewStreamAsync();
        var ids = await rig.AddClicksAsync(3);
        await rig.Consumer("a").ReadAsync(10);
        await rig.RunAsync("XDEL", rig.Keys.Stream, ids[1]);
        var again = rig.Consumer("a");
        Assert.Equal(1, (await again.RecoverAsync()).LostCount);
        Assert.Equal("1", await rig.MetaAsync("lost"));
        Assert.Equal(CommitOutcome.Counted, await again.CommitAsync());
        Assert.Equal(0, await rig.PendingAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Counted_entry_that_is_pending_again_is_neither_lost_nor_buried(bool isDeleted)
    {
        var rig = await fixture.NewStreamAsync();
        var ids = await rig.AddClicksAsync(1);
        await rig.Consumer("a").DrainAsync();
        await rig.RunAsync("XCLAIM", rig.Keys.Stream, StreamRig.Group, "dead", "0", ids[0], "RETRYCOUNT", "99", "FORCE");
        if (isDeleted) await rig.RunAsync("XDEL", rig.Keys.Stream, ids[0]);
        var page = await rig.Consumer("b").RecoverAsync(Idle);
        Assert.Equal((0, 0), (page.LostCount, page.Buried.Count));
        Assert.Empty(await rig.DeadAsync());
        Assert.Null(await rig.MetaAsync("lost"));
        Assert.Equal("1", await rig.MetaAsync("refused_below_floor"));
        Assert.Equal(0, await rig.PendingAsync());
    }

    private static byte[] Frame(int events)
    {
        var writer = new FrameWriter();
        for (var i = 0; i < events; i++) writer.Add(new EventFields { EventType = "click"u8, Product = "laptop"u8, TimestampMs = 1_763_000_000_000 + i });
        return writer.Seal().ToArray();
    }

    private static async Task<string> AddFrameAsync(StreamRig rig, byte[] frame)
    {
        var command = new Streamgauge.Resp.RespCommand("XADD", rig.Keys.Stream, "*").Add(FrameFormat.EntryField.ToArray()).Add(frame);
        return (await rig.Redis.ExecuteAsync(command)).AsText();
    }

    private static async Task<IEnumerable<(string Owner, long Deliveries)>> DeliveriesAsync(StreamRig rig) =>
        (await rig.RunAsync("XPENDING", rig.Keys.Stream, StreamRig.Group, "-", "+", "100")).Items.Select(item => (item[1].AsText(), item[3].AsInteger()));
}
