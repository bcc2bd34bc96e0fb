using System.Diagnostics;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Streams.Tests.Appending;

public sealed class TracedAppendTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly ActivityContext Sent = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    [Fact]
    public async Task Frame_carries_its_trace_beside_it_and_a_processor_finds_it()
    {
        var rig = await fixture.NewStreamAsync();
        var writer = new FrameWriter();
        writer.Add(Click(extra: null));
        var append = new FrameAppend(rig.Keys, "p-1") { Sequence = 1, Trace = Span() };
        append.Take(writer);
        await rig.Redis.ExecuteAsync(append);

        var consumer = rig.Consumer("c");
        consumer.Batch.OriginsKept = OriginsKept.Traced;
        Assert.Equal(1, await consumer.ReadAsync(10));
        var origin = Assert.Single(consumer.Batch.Origins);
        Assert.Equal((append.EntryId, "p-1", 1, append.Trace!.TraceId, append.Trace.SpanId), (origin.Id, origin.Producer, origin.Sequence, origin.Trace.TraceId, origin.Trace.SpanId));
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
    }

    [Fact]
    public async Task Group_of_plain_entries_carries_it_in_the_first_and_all_of_them_count()
    {
        var rig = await fixture.NewStreamAsync();
        var append = new PlainAppend(rig.Keys, "p") { Sequence = 1, Trace = Span() };
        for (var i = 0; i < 3; i++) append.Add(Click(extra: null));
        await rig.Redis.ExecuteAsync(append);

        var entries = (await rig.RunAsync("XRANGE", rig.Keys.Stream, "-", "+")).Items;
        Assert.Equal(["traceparent", append.Trace!.Id!], entries[0][1].Items.Select(item => item.AsText()).TakeLast(2));
        Assert.All(entries.Skip(1), entry => Assert.DoesNotContain("traceparent", entry[1].Items.Select(item => item.AsText())));
        var consumer = rig.Consumer("c");
        await consumer.DrainAsync();
        Assert.Equal(3, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Event_at_its_bounds_carries_none_for_it_would_be_refused_with_it()
    {
        var rig = await fixture.NewStreamAsync();
        var extra = new ExtraFields();
        for (var i = 0; i < EventLimits.ExtraFieldsMax; i++) extra.Add(Encoding.UTF8.GetBytes($"further{i}"), "x"u8);
        var append = new PlainAppend(rig.Keys, "p") { Sequence = 1, Trace = Span() };
        append.Add(Click(extra));
        append.Add(Click(extra: null));
        await rig.Redis.ExecuteAsync(append);
        await rig.Consumer("c").DrainAsync();
        Assert.Equal((2, 0), ((await rig.ReadAsync()).TotalCount, (await rig.DeadAsync()).Count));
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)] // not recorded
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false)]
    [InlineData("0af7651916cd43dd8448eb211c80319c", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-and-more", false)]
    [InlineData("", false)]
    public void Trace_that_anybody_wrote_is_taken_only_when_it_is_whole_and_recorded(string value, bool isTaken) =>
        Assert.Equal(isTaken, TraceParent.TryRead(Encoding.UTF8.GetBytes(value), out _));

    private static Activity Span()
    {
        var span = new Activity("send events");
        span.SetIdFormat(ActivityIdFormat.W3C).SetParentId(Sent.TraceId, Sent.SpanId, ActivityTraceFlags.Recorded);
        var current = Activity.Current;
        span.Start();
        Activity.Current = current;
        return span;
    }

    private static EventFields Click(ExtraFields? extra) => new() { EventType = "click"u8, TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Extra = extra };
}
