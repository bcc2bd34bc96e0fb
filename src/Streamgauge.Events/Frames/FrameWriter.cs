using System.Buffers.Binary;

namespace Streamgauge.Events;

/// <summary>Packs many events into one frame. Reused from frame to frame; allocates only while it grows; not thread-safe.</summary>
/// <remarks>Takes events as they are: callers check them with <see cref="EventValidator"/> first.</remarks>
public sealed class FrameWriter
{
    private readonly FrameTextColumn[] _documented =
    [
        new(EventField.EventId, []), new(EventField.UserId, []), new(EventField.EventType, []), new(EventField.Product, []), new(EventField.SessionId, []),
    ];

    private readonly List<FrameTextColumn> _extra = [];
    private readonly List<long> _timestampsMs = [];
    private readonly List<long> _valuesMicros = [];
    private bool _hasValues;
    private byte[] _output = new byte[64 * 1024];
    private byte[] _scratch = new byte[64 * 1024];

    /// <summary>Events taken since the last <see cref="Clear"/>.</summary>
    public int Count => _timestampsMs.Count;

    /// <summary>Upper bound of the sealed frame's size, in bytes.</summary>
    public int BytesMax
    {
        get
        {
            var sum = FrameFormat.HeaderBytes + (4 * Varint.BytesMax) + (Count * (Varint.BytesMax + Varint.BytesMax));
            foreach (var column in _documented) sum += column.BytesMax;
            foreach (var column in _extra) sum += column.BytesMax;
            return sum;
        }
    }

    /// <summary>Adds one event.</summary>
    /// <exception cref="InvalidOperationException">The frame holds <see cref="FrameFormat.EventsMax"/> events already.</exception>
    public void Add(in EventFields fields)
    {
        if (Count == FrameFormat.EventsMax) throw new InvalidOperationException($"A frame holds at most {FrameFormat.EventsMax} events; seal this one first.");
        _documented[0].Add(fields.EventId);
        _documented[1].Add(fields.UserId);
        _documented[2].Add(fields.EventType);
        _documented[3].Add(fields.Product);
        _documented[4].Add(fields.SessionId);
        if (fields.Extra is { Count: > 0 } extra) AddExtra(extra);
        _timestampsMs.Add(fields.TimestampMs);
        _valuesMicros.Add(fields.HasValue ? fields.ValueMicros : EventBatch.NoValue);
        _hasValues |= fields.HasValue;
    }

    /// <summary>Whether one more event with the same extra field names would still fit the column limit of a frame.</summary>
    public bool HasRoomFor(ExtraFields? extra)
    {
        if (extra is null) return true;
        var added = 0;
        for (var i = 0; i < extra.Count; i++)
        {
            if (FindExtra(extra.Name(i)) is null) added++;
        }

        return _extra.Count + added <= EventLimits.ExtraFieldsMax;
    }

    /// <summary>The finished frame. The memory belongs to this writer and is overwritten by its next frame.</summary>
    public ReadOnlyMemory<byte> Seal()
    {
        if (Count == 0) throw new InvalidOperationException("A frame holds at least one event.");
        var bytesMax = BytesMax;
        if (_output.Length < bytesMax) _output = new byte[bytesMax];
        if (_scratch.Length < bytesMax) _scratch = new byte[bytesMax];
        foreach (var column in _extra) column.PadTo(Count);

        var at = FrameFormat.HeaderBytes;
        at += Varint.Write(_output.AsSpan(at), (ulong)Count);
        at += Varint.Write(_output.AsSpan(at), (ulong)_timestampsMs[0]);
        var columnCountAt = at++;
        var columns = 0;
        foreach (var column in _documented) at = WriteText(column, at, ref columns);
        at = WriteTimes(at, ref columns);
        if (_hasValues) at = WriteValues(at, ref columns);
        foreach (var column in _extra) at = WriteText(column, at, ref columns);
        _output[columnCountAt] = (byte)columns;

        FrameFormat.Magic.CopyTo(_output);
        _output[3] = FrameFormat.Version;
        BinaryPrimitives.WriteInt32LittleEndian(_output.AsSpan(8), at - FrameFormat.HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(_output.AsSpan(4), Crc32C.Compute(_output.AsSpan(8, at - 8)));
        return _output.AsMemory(0, at);
    }

    /// <summary>Starts the next frame.</summary>
    public void Clear()
    {
        foreach (var column in _documented) column.Clear();
        _extra.Clear();
        _timestampsMs.Clear();
        _valuesMicros.Clear();
        _hasValues = false;
    }

    private void AddExtra(ExtraFields extra)
    {
        for (var i = 0; i < extra.Count; i++)
        {
            var column = FindExtra(extra.Name(i));
            if (column is null) _extra.Add(column = new FrameTextColumn(EventField.Extra, extra.Name(i).ToArray()));
            if (column.Count > Count) continue; // a field given twice keeps its first value
            column.PadTo(Count);
            column.Add(extra.Value(i));
        }
    }

    private FrameTextColumn? FindExtra(ReadOnlySpan<byte> name)
    {
        foreach (var column in _extra)
        {
            if (name.SequenceEqual(column.Name)) return column;
        }

        return null;
    }

    // | field id | [extra: name size, name] | encoding | payload size | payload |
    private int WriteText(FrameTextColumn column, int at, ref int columns)
    {
        if (column.IsEmpty) return at;
        columns++;
        _output[at++] = (byte)column.Field;
        if (column.Field == EventField.Extra)
        {
            at += Varint.Write(_output.AsSpan(at), (ulong)column.Name.Length);
            column.Name.CopyTo(_output.AsSpan(at));
            at += column.Name.Length;
        }

        return at + column.Write(_output.AsSpan(at), _scratch);
    }

    private int WriteTimes(int at, ref int columns)
    {
        var size = 0;
        var previous = _timestampsMs[0];
        foreach (var timestampMs in _timestampsMs)
        {
            size += Varint.Write(_scratch.AsSpan(size), Varint.Zigzag(timestampMs - previous));
            previous = timestampMs;
        }

        return WriteNumbers(EventField.Timestamp, FrameFormat.EncodingTime, size, at, ref columns);
    }

    private int WriteValues(int at, ref int columns)
    {
        var size = 0;
        foreach (var micros in _valuesMicros)
            size += Varint.Write(_scratch.AsSpan(size), micros == EventBatch.NoValue ? 0 : Varint.Zigzag(micros) + 1);
        return WriteNumbers(EventField.Value, FrameFormat.EncodingValue, size, at, ref columns);
    }

    private int WriteNumbers(EventField field, byte encoding, int size, int at, ref int columns)
    {
        columns++;
        _output[at++] = (byte)field;
        _output[at++] = encoding;
        at += Varint.Write(_output.AsSpan(at), (ulong)size);
        _scratch.AsSpan(0, size).CopyTo(_output.AsSpan(at));
        return at + size;
    }
}
