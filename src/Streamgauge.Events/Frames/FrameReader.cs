using System.Buffers.Binary;

namespace Streamgauge.Events;

/// <summary>Opens a frame: checks header and checksum, and finds its columns. Holds offsets only, never the bytes.</summary>
public sealed class FrameReader
{
    private readonly (EventField Field, byte Encoding, Range Name, Range Payload)[] _columns =
        new (EventField, byte, Range, Range)[FrameFormat.ColumnsMax];

    public int EventCount { get; private set; }

    public int ColumnCount { get; private set; }

    internal long BaseTimestampMs { get; private set; }

    /// <summary>Checks the frame and finds its columns.</summary>
    public EventFault Open(ReadOnlySpan<byte> frame)
    {
        ColumnCount = 0;
        if (frame.Length < FrameFormat.HeaderBytes) return EventFault.FrameTruncated;
        if (!frame.StartsWith(FrameFormat.Magic)) return EventFault.FrameMalformed;
        if (frame[3] != FrameFormat.Version) return EventFault.FrameVersion;
        var bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
        if (bodyBytes > frame.Length - FrameFormat.HeaderBytes) return EventFault.FrameTruncated;
        if (bodyBytes != frame.Length - FrameFormat.HeaderBytes || frame.Length > FrameFormat.BytesMax) return EventFault.FrameMalformed;
        if (Crc32C.Compute(frame[8..]) != BinaryPrimitives.ReadUInt32LittleEndian(frame[4..])) return EventFault.FrameChecksum;
        return ReadColumns(frame) ? EventFault.None : EventFault.FrameMalformed;
    }

    internal FrameColumn Column(ReadOnlySpan<byte> frame, int index)
    {
        var (field, encoding, name, payload) = _columns[index];
        return new FrameColumn { Field = field, Encoding = encoding, Name = frame[name], Payload = frame[payload] };
    }

    // | event count | base time | column count | columns … |
    private bool ReadColumns(ReadOnlySpan<byte> frame)
    {
        var at = FrameFormat.HeaderBytes;
        if (!Varint.TryRead(frame, ref at, out var events) || events is 0 or > FrameFormat.EventsMax) return false;
        if (!Varint.TryRead(frame, ref at, out var baseTime) || baseTime > EventLimits.TimestampMsMax) return false;
        if (at >= frame.Length || frame[at] > FrameFormat.ColumnsMax) return false;
        var columns = frame[at++];
        var seen = 0;
        for (var i = 0; i < columns; i++)
        {
            if (at >= frame.Length || frame[at] > (byte)EventField.Timestamp) return false;
            var field = (EventField)frame[at++];
            if (field != EventField.Extra && (seen & (1 << (int)field)) != 0) return false; // a documented field twice
            seen |= 1 << (int)field;
            var name = at..at;
            if (field == EventField.Extra && !TryReadBytes(frame, ref at, out name)) return false;
            if (at >= frame.Length) return false;
            var encoding = frame[at++];
            if (!IsKnown(field, encoding) || !TryReadBytes(frame, ref at, out var payload)) return false;
            _columns[i] = (field, encoding, name, payload);
        }

        EventCount = (int)events;
        ColumnCount = columns;
        BaseTimestampMs = (long)baseTime;
        return at == frame.Length && (seen & (1 << (int)EventField.Timestamp)) != 0;
    }

    private static bool IsKnown(EventField field, byte encoding) => field switch
    {
        EventField.Timestamp => encoding == FrameFormat.EncodingTime,
        EventField.Value => encoding == FrameFormat.EncodingValue,
        _ => encoding is FrameFormat.EncodingDictionary or FrameFormat.EncodingPlain,
    };

    private static bool TryReadBytes(ReadOnlySpan<byte> frame, ref int at, out Range bytes)
    {
        bytes = default;
        if (!Varint.TryRead(frame, ref at, out var length) || length > (ulong)(frame.Length - at)) return false;
        bytes = at..(at + (int)length);
        at += (int)length;
        return true;
    }
}

/// <summary>One column of an opened frame.</summary>
internal ref struct FrameColumn
{
    public EventField Field;
    public byte Encoding;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Payload;
}
