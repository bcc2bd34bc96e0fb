using System.Text;

namespace Streamgauge.Events.Tests;

public class FrameRoundTripTests
{
    private const long Now = 1_763_805_600_000;

    [Fact]
    public void Random_events_come_out_of_a_frame_as_they_went_in()
    {
        var random = Seeded.Random(out var seed);
        var writer = new FrameWriter();
        var batch = new EventBatch(BatchAssert.AllFields);
        var decoder = new FrameDecoder(batch);
        var plainBatch = new EventBatch(BatchAssert.AllFields);
        var plain = new PlainEntryDecoder(plainBatch);
        foreach (var count in (int[])[1, 1, 2, 10, 63, 200, 200, 500, 500, 1, 700, 300, FrameFormat.EventsMax, 5])
        {
            var names = random.Next(2) == 0 ? 20 : 5000; // few: one-byte indices; many: two bytes or plain
            var baseMs = random.Next(3) == 0 ? random.NextInt64(EventLimits.TimestampMsMax) : Now;
            var events = Enumerable.Range(0, count).Select(i => TestEvent.Next(random, baseMs, names, extras: i > count / 2)).ToList();
            writer.Clear();
            batch.Clear();
            plainBatch.Clear();
            foreach (var e in events)
            {
                Assert.Equal(EventFault.None, EventValidator.Check(e.Fields()));
                Assert.Equal(EventFault.None, TestEvent.Plain(e.Fields(), plain, Now));
                writer.Add(e.Fields());
            }

            var bytesMax = writer.BytesMax;
            var frame = writer.Seal();
            Assert.InRange(frame.Length, 1, bytesMax);
            Assert.Equal(EventFault.None, decoder.Decode(frame.Span, Now));
            Assert.Empty(decoder.Faults);
            BatchAssert.Holds(batch, events, Now, $"seed {seed}");
            BatchAssert.Holds(plainBatch, events, Now, $"plain, seed {seed}");
            for (var k = 0; k < 20; k++) RowEquals(frame.Span, random.Next(count), events);
        }
    }

    [Fact]
    public void Frames_add_up_in_one_batch()
    {
        var random = Seeded.Random(out var seed);
        var batch = new EventBatch(["product", "session_id"]);
        var decoder = new FrameDecoder(batch);
        var all = new List<TestEvent>();
        for (var f = 0; f < 10; f++)
        {
            var events = Enumerable.Range(0, random.Next(1, 400)).Select(_ => TestEvent.Next(random, Now)).ToList();
            all.AddRange(events);
            Assert.Equal(EventFault.None, decoder.Decode(FrameBytes.Of(events), Now));
        }

        BatchAssert.Holds(batch, all, Now, $"seed {seed}");
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(4095)]
    public void A_dictionary_takes_two_bytes_an_index_from_256_entries_on(int entries)
    {
        var events = Enumerable.Range(0, FrameFormat.EventsMax).Select(i => new TestEvent { EventType = $"a-rather-long-event-type-{i % entries}" }).ToList();
        var batch = new EventBatch([]);
        var frame = FrameBytes.Of(events);
        Assert.Equal(EventFault.None, new FrameDecoder(batch).Decode(frame, Now));
        BatchAssert.Holds(batch, events, Now, "");
        RowEquals(frame, FrameFormat.EventsMax - 1, events);
    }

    [Fact]
    public void A_writer_that_stopped_looking_for_repeats_notices_when_they_come_back()
    {
        var writer = new FrameWriter();
        var sizes = new List<int>();
        for (var f = 0; f < 40; f++)
        {
            writer.Clear();
            var events = Enumerable.Range(0, 200).Select(i => new TestEvent { EventType = "t", UserId = f == 0 ? $"user-{i}" : "user" }).ToList();
            foreach (var e in events) writer.Add(e.Fields());
            sizes.Add(writer.Seal().Length);
            var batch = new EventBatch(["user_id"]);
            Assert.Equal(EventFault.None, new FrameDecoder(batch).Decode(writer.Seal().Span, Now));
            BatchAssert.Holds(batch, events, Now, $"frame {f}");
        }

        Assert.True(sizes[^1] < sizes[1] - 600);
    }

    [Fact]
    public void A_full_frame_takes_no_event_more()
    {
        var writer = new FrameWriter();
        for (var i = 0; i < FrameFormat.EventsMax; i++) writer.Add(new EventFields { EventType = "t"u8 });
        Assert.Throws<InvalidOperationException>(() => writer.Add(new EventFields { EventType = "t"u8 }));
        Assert.Equal(FrameFormat.EventsMax, writer.Count);
        writer.Clear();
        Assert.Throws<InvalidOperationException>(() => writer.Seal());
    }

    [Fact]
    public void A_frame_has_room_for_32_different_further_fields()
    {
        var writer = new FrameWriter();
        for (var i = 0; i < 32; i++) writer.Add(new TestEvent { EventType = "t", Extra = [($"f{i}", "v")] }.Fields());
        var same = new TestEvent { EventType = "t", Extra = [("f7", "v")] };
        var other = new TestEvent { EventType = "t", Extra = [("g", "v")] };
        Assert.True(writer.HasRoomFor(null));
        Assert.True(writer.HasRoomFor(same.Fields().Extra));
        Assert.False(writer.HasRoomFor(other.Fields().Extra));
        Assert.Throws<InvalidOperationException>(() => writer.Add(other.Fields()));
        writer.Add(same.Fields());
        Assert.Equal(EventFault.None, new FrameDecoder(new EventBatch(["f7"])).Decode(writer.Seal().Span, Now));
        writer.Clear();
        for (var i = 0; i < 32; i++) writer.Add(new TestEvent { EventType = "t", Extra = [($"h{i}", $"v{i}")] }.Fields());
        var batch = new EventBatch(["h31", "f7"]);
        Assert.Equal(EventFault.None, new FrameDecoder(batch).Decode(writer.Seal().Span, Now));
        Assert.Equal("v31", batch.Text("h31", 31));
        Assert.Null(batch.Text("f7", 7));
    }

    [Fact]
    public void A_row_outside_the_frame_is_not_read()
    {
        var frame = FrameBytes.Of([new TestEvent { EventType = "t" }]);
        Assert.True(FrameRow.TryRead(frame, 0, new ExtraFields()));
        Assert.False(FrameRow.TryRead(frame, 1, new ExtraFields()));
        Assert.False(FrameRow.TryRead(frame, -1, new ExtraFields()));
        Assert.False(FrameRow.TryRead(frame.AsSpan(1), 0, new ExtraFields()));
    }

    private static void RowEquals(ReadOnlySpan<byte> frame, int index, IReadOnlyList<TestEvent> events)
    {
        var row = new ExtraFields();
        Assert.True(FrameRow.TryRead(frame, index, row));
        var read = Enumerable.Range(0, row.Count).ToDictionary(i => Encoding.UTF8.GetString(row.Name(i)), i => Encoding.UTF8.GetString(row.Value(i)));
        var e = events[index];
        string[] documented = ["event_id", "user_id", "event_type", "product", "session_id"];
        var expected = documented.Concat(e.Extra.Select(x => x.Name).Distinct()).Where(f => e.Text(f) is not null).ToDictionary(f => f, f => e.Text(f)!);
        if (e.ValueMicros is { } micros) expected["value"] = FixedPoint.ToText(micros);
        expected["ts"] = TestEvent.TimeText(e.TimestampMs);
        Assert.Equal(expected.OrderBy(f => f.Key, StringComparer.Ordinal), read.OrderBy(f => f.Key, StringComparer.Ordinal));
    }
}
