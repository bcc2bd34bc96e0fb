namespace Streamgauge.Events.Tests;

public class SteadyStateTests
{
    private const long Now = 1_763_805_600_000;

    [Fact]
    public void Writing_and_decoding_frames_and_plain_entries_allocates_nothing_once_warm()
    {
        var random = Seeded.Random(out _);
        var writer = new FrameWriter();
        var batch = new EventBatch(BatchAssert.AllFields);
        var decoder = new FrameDecoder(batch);
        var plain = new PlainEntryDecoder(batch);
        var extra = new ExtraFields();
        var ids = Enumerable.Range(0, 3000).Select(i => BitConverter.GetBytes(random.NextInt64()).Select(b => (byte)('a' + (b % 26))).ToArray()).ToArray();

        var refused = 0;
        void Round()
        {
            batch.Clear();
            for (var f = 0; f < 6; f++)
            {
                writer.Clear();
                for (var i = 0; i < 500; i++)
                {
                    extra.Clear();
                    extra.Add(i % 2 == 0 ? "x0"u8 : "x1"u8, ids[i % 7]);
                    writer.Add(new EventFields
                    {
                        EventId = ids[(f * 500) + i], EventType = ids[i % 6], Product = ids[i % 10], SessionId = ids[i % 1000], UserId = ids[i],
                        TimestampMs = Now + i, HasValue = i % 3 == 0, ValueMicros = i, Extra = i % 5 == 0 ? extra : null,
                    });
                }

                if (decoder.Decode(writer.Seal().Span, Now) != EventFault.None) refused++; // assertions allocate
            }

            for (var i = 0; i < 500; i++)
            {
                plain.Begin(Now);
                plain.Field("event_type"u8, ids[i % 6]);
                plain.Field("event_id"u8, ids[i]);
                plain.Field("value"u8, "19.99"u8);
                plain.Field("ts"u8, i % 2 == 0 ? "1763805600000"u8 : "2025-11-22 10:00:00 UTC"u8);
                plain.Field("x0"u8, ids[i % 7]);
                if (plain.End() != EventFault.None) refused++;
            }
        }

        for (var i = 0; i < 30; i++) Round(); // past a probe of every column, in both modes
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 30; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3500, batch.Count);
        Assert.Equal(0, refused);
    }
}
