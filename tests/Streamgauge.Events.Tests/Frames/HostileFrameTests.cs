namespace Streamgauge.Events.Tests;

public class HostileFrameTests
{
    private const long Now = 1_763_805_600_000;
    private readonly EventBatch _batch = new(["product", "session_id", "user_id", "x1"]);
    private readonly FrameDecoder _decoder;

    public HostileFrameTests() => _decoder = new FrameDecoder(_batch);

    public static TheoryData<string> Malformations => [.. Malformed.Keys];

    private static readonly Dictionary<string, byte[]> Malformed = new()
    {
        ["no events"] = FrameBytes.Frame(0, FrameBytes.Times(0), FrameBytes.Type(0)),
        ["more events than a frame may hold"] = FrameBytes.Frame(4097, FrameBytes.Times(4097), FrameBytes.Type(4097)),
        ["events beyond every integer"] = FrameBytes.Frame(ulong.MaxValue, FrameBytes.Times(1)),
        ["events that wrap to one"] = FrameBytes.Frame(0x1_0000_0001, FrameBytes.Times(1), FrameBytes.Type(1)),
        ["more events than columns have bytes"] = FrameBytes.Frame(4096, FrameBytes.Times(1)),
        ["no times"] = FrameBytes.Frame(1, FrameBytes.Type(1)),
        ["fewer times than events"] = FrameBytes.Frame(2, FrameBytes.Column(7, 3, 0x80, 0x80), FrameBytes.Type(2)),
        ["more times than events"] = FrameBytes.Frame(1, FrameBytes.Times(2), FrameBytes.Type(1)),
        ["a column twice"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Type(1), FrameBytes.Type(1)),
        ["times twice"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Times(1), FrameBytes.Type(1)),
        ["an extra column twice"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Extra("x1", 2, 2, 65), FrameBytes.Extra("x1", 2, 2, 66)),
        ["an extra column named like a documented one"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Extra("event_type", 2, 2, 65)),
        ["an extra column without a name"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Extra("", 2, 2, 65)),
        ["an extra column with a control character"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Extra("a\n", 2, 2, 65)),
        ["33 extra columns"] = FrameBytes.Frame(1, [FrameBytes.Times(1), .. Enumerable.Range(0, 33).Select(i => FrameBytes.Extra($"n{i}", 2, 2, 65))]),
        ["an unknown column"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Column(8, 1, 0)),
        ["an unknown encoding"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Column(3, 5, 0)),
        ["times in a text encoding"] = FrameBytes.Frame(1, FrameBytes.Column(7, 2, 0)),
        ["text in a number encoding"] = FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Column(3, 4, 0)),
        ["255 columns"] = FrameBytes.Sealed([1, 0, 255, .. FrameBytes.Times(1)]),
        ["fewer columns than announced"] = FrameBytes.Sealed([1, 0, 2, .. FrameBytes.Times(1)]),
        ["more columns than announced"] = FrameBytes.Sealed([1, 0, 1, .. FrameBytes.Times(1), .. FrameBytes.Type(1)]),
        ["an empty body"] = FrameBytes.Sealed([]),
        ["a payload longer than the frame"] = FrameBytes.Sealed([1, 0, 1, 7, 3, .. FrameBytes.Varint(ulong.MaxValue), 0]),
        ["a payload whose length wraps to one"] = FrameBytes.Sealed([1, 0, 1, 7, 3, .. FrameBytes.Varint(0x1_0000_0001), 0]),
        ["a payload of int.MaxValue bytes"] = FrameBytes.Sealed([1, 0, 1, 7, 3, .. FrameBytes.Varint(int.MaxValue), 0]),
        ["a name longer than the frame"] = FrameBytes.Sealed([1, 0, 2, .. FrameBytes.Times(1), 0, .. FrameBytes.Varint(1UL << 63), 1]),
        ["a number of 70 bits"] = FrameBytes.Frame(1, FrameBytes.Column(7, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2), FrameBytes.Type(1)),
        ["a dictionary larger than the frame has events"] = Type(2, 1, 65, 1, 66, 1),
        ["a dictionary of 2^64-1 entries"] = Type([.. FrameBytes.Varint(ulong.MaxValue), 1]),
        ["a dictionary of 2^32+1 entries"] = Type([.. FrameBytes.Varint(0x1_0000_0001), 1, 65, 1]),
        ["an entry of 2^64-1 bytes"] = Type([1, .. FrameBytes.Varint(ulong.MaxValue), 1]),
        ["an entry of 2^32+1 bytes"] = Type([1, .. FrameBytes.Varint(0x1_0000_0001), 65, 1]),
        ["an entry that reaches into the indices"] = Type(1, 2, 65, 1),
        ["an index beyond the dictionary"] = Type(1, 1, 65, 2),
        ["an index beyond an empty dictionary"] = Type(0, 1),
        ["a dictionary without indices"] = Type(1, 1, 65),
        ["more indices than events"] = Type(1, 1, 65, 1, 1),
        ["an index past an entry that eats the indices"] = FrameBytes.Frame(2, FrameBytes.Times(2), FrameBytes.Column(3, 1, 1, 0, 9, 9)),
        ["a plain text of 2^64-2 bytes"] = Plain([.. FrameBytes.Varint(ulong.MaxValue), 65]),
        ["a plain text of 2^32 bytes"] = Plain([.. FrameBytes.Varint(0x1_0000_0001), 65]),
        ["a plain text beyond its column"] = Plain(3, 65),
        ["plain text left over"] = Plain(2, 65, 66),
        ["plain lengths whose sum wraps"] = FrameBytes.Frame(3, FrameBytes.Times(3), FrameBytes.Column(3, 2, [.. FrameBytes.Varint((1UL << 63) + 1), .. FrameBytes.Varint((1UL << 63) + 1), 2, 65])),
        ["trailing bytes"] = FrameBytes.Sealed([1, 0, 2, .. FrameBytes.Times(1), .. FrameBytes.Type(1), 0]),
    };

    [Theory]
    [MemberData(nameof(Malformations))]
    public void A_frame_with_a_right_checksum_and_a_wrong_structure_is_refused(string what)
    {
        var frame = Malformed[what];
        DecodeGood(0);
        Assert.Equal(EventFault.FrameMalformed, _decoder.Decode(frame, Now));
        Assert.Equal(1, _batch.Count);
        Assert.Empty(_decoder.Faults);
        DecodeGood(1);
        for (var i = 0; i < 3; i++) FrameRow.TryRead(frame, i, new ExtraFields()); // may say false, may not throw
    }

    [Fact]
    public void A_frame_cut_anywhere_is_truncated()
    {
        var frame = Good();
        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Equal(EventFault.FrameTruncated, _decoder.Decode(frame.AsSpan(0, length), Now));
            Assert.Equal(0, _batch.Count);
        }

        Assert.Equal(EventFault.FrameMalformed, _decoder.Decode([.. frame, 0], Now));
        DecodeGood(0);
    }

    [Fact]
    public void No_flipped_bit_goes_unnoticed()
    {
        var frame = Good();
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            var fault = _decoder.Decode(frame, Now);
            EventFault[] expected = (bit / 8) switch
            {
                < 3 => [EventFault.FrameMalformed], // magic
                3 => [EventFault.FrameVersion],
                >= 8 and < 12 => [EventFault.FrameTruncated, EventFault.FrameMalformed], // body size
                _ => [EventFault.FrameChecksum],
            };
            Assert.Contains(fault, expected);
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(0, _batch.Count);
        DecodeGood(0);
    }

    [Fact]
    public void A_frame_of_a_later_version_is_told_apart_from_a_broken_one()
    {
        var frame = Good();
        frame[3] = 2;
        Assert.Equal(EventFault.FrameVersion, _decoder.Decode(frame, Now));
    }

    [Fact]
    public void A_frame_above_1_MiB_is_refused() =>
        Assert.Equal(EventFault.FrameMalformed, _decoder.Decode(FrameBytes.Sealed(new byte[FrameFormat.BytesMax]), Now));

    [Fact]
    public void A_claimed_length_sets_no_memory_aside()
    {
        foreach (var frame in Malformed.Values) _decoder.Decode(frame, Now); // warm
        foreach (var (what, frame) in Malformed)
        {
            var batch = new EventBatch(["product", "x1"]);
            var decoder = new FrameDecoder(batch);
            var before = GC.GetAllocatedBytesForCurrentThread();
            decoder.Decode(frame, Now);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before <= 64 + (64 * frame.Length), what);
        }
    }

    [Fact]
    public void Mutated_frames_with_a_right_checksum_are_decoded_or_refused_and_never_throw()
    {
        var random = Seeded.Random(out var seed);
        var events = Enumerable.Range(0, 40).Select(_ => TestEvent.Next(random, Now)).ToList();
        var good = FrameBytes.Of(events);
        var decoded = 0;
        for (var at = 12; at < good.Length; at++)
        {
            foreach (var value in (byte[])[0, 1, 0x7F, 0x80, 0xFF, (byte)(good[at] + 1), (byte)(good[at] - 1), (byte)random.Next(256)])
            {
                var frame = good.ToArray();
                frame[at] = value;
                if (random.Next(2) == 0) frame[random.Next(12, frame.Length)] = (byte)random.Next(256);
                FrameBytes.Rechecked(frame);
                _batch.Clear();
                var fault = _decoder.Decode(frame, Now);
                Assert.True(fault is EventFault.None or EventFault.FrameMalformed, $"{fault}, seed {seed}");
                if (fault == EventFault.None) decoded++;
                else Assert.Equal(0, _batch.Count);
                foreach (var timeMs in _batch.TimestampsMs) Assert.Equal(EventFault.None, EventTime.Check(timeMs));
                FrameRow.TryRead(frame, random.Next(41), new ExtraFields());
            }
        }

        Assert.True(decoded > 0);
        _batch.Clear();
        Assert.Equal(EventFault.None, _decoder.Decode(good, Now));
        BatchAssert.Holds(_batch, events, Now, $"seed {seed}");
    }

    [Fact]
    public void Bad_events_are_left_out_alone_and_listed_with_their_place_and_reason()
    {
        var writer = new FrameWriter();
        var good = new TestEvent { EventType = "ok", Product = "p", TimestampMs = Now };
        (TestEvent Event, EventFault Fault)[] events =
        [
            (good with { TimestampMs = -1 }, EventFault.TimestampOutOfRange), // first: also the base time
            (good, EventFault.None),
            (good with { TimestampMs = long.MaxValue }, EventFault.TimestampOutOfRange),
            (good with { TimestampMs = long.MinValue }, EventFault.TimestampOutOfRange),
            (good with { EventType = null }, EventFault.MissingType),
            (good with { EventType = new string('t', 257) }, EventFault.TooLong),
            (good with { Product = "line\nbreak" }, EventFault.InvalidText),
            (good with { ValueMicros = FixedPoint.MicrosMax + 1 }, EventFault.ValueOutOfRange),
            (good with { ValueMicros = long.MaxValue }, EventFault.ValueOutOfRange),
            (good with { ValueMicros = long.MinValue + 1 }, EventFault.ValueOutOfRange),
            (good with { Extra = [("x1", new string('v', 4097))] }, EventFault.TooLong),
            (good with { TimestampMs = Now + 300_001 }, EventFault.None),
            (good with { TimestampMs = Now + 300_001, EventType = null }, EventFault.MissingType), // left out, so not counted as clamped
            (good with { SessionId = "s", ValueMicros = -7 }, EventFault.None),
        ];
        foreach (var (e, _) in events) writer.Add(e.Fields());
        Assert.Equal(EventFault.None, _decoder.Decode(writer.Seal().Span, Now));
        Assert.Equal(events.Index().Where(e => e.Item.Fault != EventFault.None).Select(e => (e.Index, e.Item.Fault)), _decoder.Faults);
        BatchAssert.Holds(_batch, [.. events.Where(e => e.Fault == EventFault.None).Select(e => e.Event)], Now, "");
        Assert.Equal(1, _batch.ClampedCount);
        DecodeGood(3);
    }

    [Fact]
    public void A_frame_of_only_bad_events_adds_none()
    {
        Assert.Equal(EventFault.None, _decoder.Decode(FrameBytes.Frame(3, FrameBytes.Times(3)), Now));
        Assert.Equal(0, _batch.Count);
        Assert.Equal([(0, EventFault.MissingType), (1, EventFault.MissingType), (2, EventFault.MissingType)], _decoder.Faults);
    }

    private static byte[] Type(params byte[] payload) => FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Column(3, 1, payload));

    private static byte[] Plain(params byte[] payload) => FrameBytes.Frame(1, FrameBytes.Times(1), FrameBytes.Column(3, 2, payload));

    private static byte[] Good() => FrameBytes.Of([new TestEvent { EventType = "good", Product = "p", TimestampMs = Now, ValueMicros = 5, Extra = [("x1", "v")] }]);

    private void DecodeGood(int index)
    {
        Assert.Equal(EventFault.None, _decoder.Decode(Good(), Now));
        Assert.Equal(index + 1, _batch.Count);
        Assert.Equal("good", _batch.Text("event_type", index));
        Assert.Null(_batch.Text("user_id", index));
        Assert.Equal("v", _batch.Text("x1", index));
    }
}
