using System.Buffers.Binary;

namespace Streamgauge.Events;

/// <summary>Reads single events out of a frame as named fields. For dead letters and people; counting goes through <see cref="FrameDecoder"/>.</summary>
public static class FrameRow
{
    /// <summary>Puts every field of event <paramref name="index"/> into <paramref name="output"/>, numbers in their text form, values not validated.</summary>
    /// <returns>False when the frame cannot be read.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, int index, ExtraFields output)
    {
        output.Clear();
        var reader = new FrameReader();
        if (reader.Open(frame) != EventFault.None || (uint)index >= (uint)reader.EventCount) return false;
        for (var i = 0; i < reader.ColumnCount; i++)
        {
            if (!TryReadField(reader, reader.Column(frame, i), index, output)) return false;
        }

        return true;
    }

    private static bool TryReadField(FrameReader reader, FrameColumn column, int index, ExtraFields output)
    {
        var name = column.Field == EventField.Extra ? column.Name : FieldNames.Of(column.Field);
        Span<byte> text = stackalloc byte[32];
        switch (column.Encoding)
        {
            case FrameFormat.EncodingTime:
                if (!TryReadTime(column.Payload, index, reader.BaseTimestampMs, out var timestampMs)) return false;
                output.Add(name, text[..EventTime.Format(timestampMs, text)]);
                return true;
            case FrameFormat.EncodingValue:
                if (!TryReadNumber(column.Payload, index, out var raw)) return false;
                if (raw != 0) output.Add(name, text[..FixedPoint.Format(Varint.Unzigzag(raw - 1), text)]);
                return true;
            default:
                var found = column.Encoding == FrameFormat.EncodingDictionary
                    ? TryReadDictionary(column.Payload, index, reader.EventCount, out var value)
                    : TryReadPlain(column.Payload, index, reader.EventCount, out value);
                if (found && !value.IsEmpty) output.Add(name, value);
                return found;
        }
    }

    private static bool TryReadTime(ReadOnlySpan<byte> payload, int index, long baseTimestampMs, out long timestampMs)
    {
        timestampMs = baseTimestampMs;
        var at = 0;
        for (var i = 0; i <= index; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var raw)) return false;
            timestampMs += Varint.Unzigzag(raw);
        }

        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> payload, int index, out ulong raw)
    {
        raw = 0;
        var at = 0;
        for (var i = 0; i <= index; i++)
        {
            if (!Varint.TryRead(payload, ref at, out raw)) return false;
        }

        return true;
    }

    private static bool TryReadDictionary(ReadOnlySpan<byte> payload, int index, int count, out ReadOnlySpan<byte> value)
    {
        value = default;
        var at = 0;
        if (!Varint.TryRead(payload, ref at, out var entries) || entries > (ulong)count) return false;
        var indexBytes = entries <= byte.MaxValue ? 1 : 2;
        var indicesAt = payload.Length - (count * indexBytes);
        if (indicesAt < at) return false;
        var indices = payload[indicesAt..];
        var entry = indexBytes == 1 ? indices[index] : BinaryPrimitives.ReadUInt16LittleEndian(indices[(2 * index)..]);
        if (entry > entries) return false;
        payload = payload[..indicesAt];
        for (var i = 1; i <= entry; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var length) || length > (ulong)(payload.Length - at)) return false;
            if (i == entry) value = payload.Slice(at, (int)length);
            at += (int)length;
        }

        return true;
    }

    private static bool TryReadPlain(ReadOnlySpan<byte> payload, int index, int count, out ReadOnlySpan<byte> value)
    {
        value = default;
        var at = 0;
        var before = 0UL;
        var length = 0UL;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var lengthPlusOne)) return false;
            var size = lengthPlusOne == 0 ? 0 : lengthPlusOne - 1;
            if (size > (ulong)payload.Length) return false; // before any sum of sizes could overflow
            if (i < index) before += size;
            if (i == index) length = size;
        }

        if (before + length > (ulong)(payload.Length - at)) return false;
        value = payload.Slice(at + (int)before, (int)length);
        return true;
    }
}
