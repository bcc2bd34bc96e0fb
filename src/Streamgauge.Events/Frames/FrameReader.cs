using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Streamgauge.Events;

/// <summary>Opens a frame: checks header and checksum, and finds its columns. Holds offsets only, never the bytes.</summary>
public sealed class FrameReader
{
    private readonly Place[] _columns = new Place[FrameFormat.ColumnsMax];

    /// <summary>Events in the opened frame; 0 when it was refused.</summary>
    public int EventCount { get; private set; }

    public int ColumnCount { get; private set; }

    internal long BaseTimestampMs { get; private set; }

    /// <summary>Checks the frame and finds its columns.</summary>
    /// <returns><see cref="EventFault.None"/> or one of the four frame faults. Allocates nothing.</returns>
    public EventFault Open(ReadOnlySpan<byte> frame)
    {
        EventCount = 0;
        ColumnCount = 0;
        if (frame.Length < FrameFormat.HeaderBytes) return EventFault.FrameTruncated;
        if (!frame.StartsWith(FrameFormat.Magic)) return EventFault.FrameMalformed;
        if (frame[3] != FrameFormat.Version) return EventFault.FrameVersion;
        var bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]);
        var bodyBytesFound = (uint)(frame.Length - FrameFormat.HeaderBytes);
        if (bodyBytes > bodyBytesFound) return EventFault.FrameTruncated;
        if (bodyBytes < bodyBytesFound || frame.Length > FrameFormat.BytesMax) return EventFault.FrameMalformed;
        if (Crc32C.Compute(frame[8..]) != BinaryPrimitives.ReadUInt32LittleEndian(frame[4..])) return EventFault.FrameChecksum;
        return TryReadColumns(frame) ? EventFault.None : EventFault.FrameMalformed;
    }

    internal FrameColumn Column(ReadOnlySpan<byte> frame, int index)
    {
        var place = _columns[index];
        return new FrameColumn
        {
            Field = place.Field,
            Encoding = place.Encoding,
            Name = frame.Slice(place.NameAt, place.NameBytes),
            Payload = frame.Slice(place.PayloadAt, place.PayloadBytes),
        };
    }

    // | event count | base time | column count | columns … |
    private bool TryReadColumns(ReadOnlySpan<byte> frame)
    {
        var at = FrameFormat.HeaderBytes;
        if (!Varint.TryRead(frame, ref at, out var events) || events is 0 or > FrameFormat.EventsMax) return false;
        if (!Varint.TryRead(frame, ref at, out var baseTime)) return false;
        if (at >= frame.Length || frame[at] > FrameFormat.ColumnsMax) return false;
        var columns = frame[at++];
        var seen = 0;
        var extras = 0;
        for (var i = 0; i < columns; i++)
        {
            if (!TryReadColumn(frame, ref at, (int)events, out _columns[i])) return false;
            var field = _columns[i].Field;
            if (field == EventField.Extra ? ++extras > EventLimits.ExtraFieldsMax || IsKnownExtra(frame, i) : (seen & (1 << (int)field)) != 0) return false;
            seen |= 1 << (int)field;
        }

        if (at != frame.Length || (seen & (1 << (int)EventField.Timestamp)) == 0) return false;
        EventCount = (int)events;
        ColumnCount = columns;
        BaseTimestampMs = (long)baseTime;
        return true;
    }

    // | field id | [extra: name size, name] | encoding | payload size | payload |
    private static bool TryReadColumn(ReadOnlySpan<byte> frame, ref int at, int events, out Place place)
    {
        place = default;
        if (at >= frame.Length || frame[at] > (byte)EventField.Timestamp) return false;
        place.Field = (EventField)frame[at++];
        if (place.Field == EventField.Extra)
        {
            if (!TryReadBytes(frame, ref at, out place.NameAt, out place.NameBytes)) return false;
            if (EventValidator.CheckExtraName(frame.Slice(place.NameAt, place.NameBytes)) != EventFault.None) return false;
        }

        if (at >= frame.Length) return false;
        place.Encoding = frame[at++];
        if (!IsKnown(place.Field, place.Encoding) || !TryReadBytes(frame, ref at, out place.PayloadAt, out place.PayloadBytes)) return false;
        return place.PayloadBytes >= events; // every encoding spends a byte per event, so memory is only set aside for events that were sent
    }

    private bool IsKnownExtra(ReadOnlySpan<byte> frame, int index)
    {
        var name = Column(frame, index).Name;
        for (var i = 0; i < index; i++)
        {
            if (_columns[i].Field == EventField.Extra && name.SequenceEqual(Column(frame, i).Name)) return true;
        }

        return false;
    }

    private static bool IsKnown(EventField field, byte encoding) => field switch
    {
        EventField.Timestamp => encoding == FrameFormat.EncodingTime,
        EventField.Value => encoding == FrameFormat.EncodingValue,
        _ => encoding is FrameFormat.EncodingDictionary or FrameFormat.EncodingPlain,
    };

    private static bool TryReadBytes(ReadOnlySpan<byte> frame, ref int at, out int start, out int size)
    {
        (start, size) = (0, 0);
        if (!Varint.TryRead(frame, ref at, out var length) || length > (ulong)(frame.Length - at)) return false;
        (start, size) = (at, (int)length);
        at += size;
        return true;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Place
    {
        public EventField Field;
        public byte Encoding;
        public int NameAt;
        public int NameBytes;
        public int PayloadAt;
        public int PayloadBytes;
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
