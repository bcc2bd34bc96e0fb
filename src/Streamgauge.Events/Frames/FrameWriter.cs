using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Events;

/// <summary>Packs many events into one frame. Reused from frame to frame; allocates only while it grows; not thread-safe.</summary>
/// <remarks>
/// Takes events as they are: callers check them with <see cref="EventValidator"/> first. Which of two encodings a text column
/// gets may depend on the frames before, what it says never does. Shape: <c>docs/frame.md</c>.
/// </remarks>
public sealed class FrameWriter
{
    // Header, event count, base time, column count.
    private const int FrontBytesMax = FrameFormat.HeaderBytes + (2 * Varint.BytesMax) + 1;

    private readonly FrameTextColumn[] _documented =
    [
        new(EventField.EventId), new(EventField.UserId), new(EventField.EventType), new(EventField.Product), new(EventField.SessionId),
    ];

    // The first _extraCount are in use, those behind them wait for their field to come again.
    private readonly List<FrameTextColumn> _extra = [];
    private readonly FrameNumberColumn _times = new(EventField.Timestamp, FrameFormat.EncodingTime);
    private readonly FrameNumberColumn _values = new(EventField.Value, FrameFormat.EncodingValue);
    private int _extraCount;
    private long _baseTimestampMs;
    private long _lastTimestampMs;
    private bool _hasValues;
    private byte[] _output = new byte[64 * 1024];

    /// <summary>Events taken since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Upper bound of the sealed frame's size, in bytes.</summary>
    public int BytesMax
    {
        get
        {
            var sum = FrontBytesMax + _times.BytesMax + _values.BytesMax;
            foreach (var column in _documented) sum += column.BytesMax;
            for (var i = 0; i < _extraCount; i++) sum += _extra[i].BytesMax + Count - _extra[i].Count;
            return sum;
        }
    }

    /// <summary>Adds one event. A further field given twice counts with its last value that is not empty, as in a plain entry.</summary>
    /// <exception cref="InvalidOperationException">
    /// The frame holds <see cref="FrameFormat.EventsMax"/> events already, or has no room for these further fields
    /// (<see cref="HasRoomFor"/>). The event is not taken.
    /// </exception>
    public void Add(in EventFields fields)
    {
        if (Count == FrameFormat.EventsMax || !HasRoomFor(fields.Extra)) ThrowFull();
        _documented[0].Add(fields.EventId);
        _documented[1].Add(fields.UserId);
        _documented[2].Add(fields.EventType);
        _documented[3].Add(fields.Product);
        _documented[4].Add(fields.SessionId);
        if (fields.Extra is { Count: > 0 } extra) AddExtra(extra);

        if (Count == 0) _baseTimestampMs = _lastTimestampMs = fields.TimestampMs;
        _times.Add(Varint.Zigzag(fields.TimestampMs - _lastTimestampMs));
        _lastTimestampMs = fields.TimestampMs;
        _values.Add(fields.HasValue ? Varint.Zigzag(fields.ValueMicros) + 1 : 0);
        _hasValues |= fields.HasValue;
        Count++;
    }

    /// <summary>Whether one more event with these extra field names would still fit the column limit of a frame.</summary>
    public bool HasRoomFor(ExtraFields? extra)
    {
        if (extra is null || _extraCount + extra.Count <= EventLimits.ExtraFieldsMax) return true;
        var added = 0;
        for (var i = 0; i < extra.Count; i++)
        {
            if (FindExtra(extra.Name(i)) is null) added++;
        }

        return _extraCount + added <= EventLimits.ExtraFieldsMax;
    }

    /// <summary>The finished frame. The memory belongs to this writer and is overwritten by its next frame.</summary>
    /// <exception cref="InvalidOperationException">No event was added.</exception>
    public ReadOnlyMemory<byte> Seal()
    {
        if (Count == 0) throw new InvalidOperationException("A frame holds at least one event.");
        if (_output.Length < BytesMax) _output = new byte[BytesMax];

        var at = FrameFormat.HeaderBytes;
        at += Varint.Write(_output.AsSpan(at), (ulong)Count);
        at += Varint.Write(_output.AsSpan(at), (ulong)_baseTimestampMs);
        var columnCountAt = at++;
        var columns = 1;
        foreach (var column in _documented) at = WriteText(column, at, ref columns);
        at += _times.Write(_output.AsSpan(at));
        if (_hasValues)
        {
            columns++;
            at += _values.Write(_output.AsSpan(at));
        }

        for (var i = 0; i < _extraCount; i++)
        {
            _extra[i].PadTo(Count);
            at = WriteText(_extra[i], at, ref columns);
        }

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
        for (var i = 0; i < _extraCount; i++) _extra[i].Clear();
        _extraCount = 0;
        _times.Clear();
        _values.Clear();
        _hasValues = false;
        Count = 0;
    }

    private void AddExtra(ExtraFields extra)
    {
        for (var i = extra.Count - 1; i >= 0; i--) // from the end, so that the last of two equal names comes first and stays
        {
            if (extra.Value(i).IsEmpty) continue;
            var column = FindExtra(extra.Name(i)) ?? TakeExtra(extra.Name(i));
            if (column.Count > Count) continue;
            column.PadTo(Count);
            column.Add(extra.Value(i));
        }
    }

    private FrameTextColumn? FindExtra(ReadOnlySpan<byte> name)
    {
        var at = FindExtraAt(name, 0, _extraCount);
        return at < 0 ? null : _extra[at];
    }

    // A waiting column of that name, else any waiting column: field names differ little from frame to frame.
    private FrameTextColumn TakeExtra(ReadOnlySpan<byte> name)
    {
        var at = FindExtraAt(name, _extraCount, _extra.Count);
        if (at < 0)
        {
            at = _extra.Count;
            if (at == EventLimits.ExtraFieldsMax) at = _extraCount;
            else _extra.Add(new FrameTextColumn(EventField.Extra));
            _extra[at].Rename(name);
        }

        (_extra[_extraCount], _extra[at]) = (_extra[at], _extra[_extraCount]);
        return _extra[_extraCount++];
    }

    private int FindExtraAt(ReadOnlySpan<byte> name, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (name.SequenceEqual(_extra[i].Name)) return i;
        }

        return -1;
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

        return at + column.Write(_output.AsSpan(at));
    }

    [DoesNotReturn]
    private static void ThrowFull() => throw new InvalidOperationException(
        $"A frame holds at most {FrameFormat.EventsMax} events and {EventLimits.ExtraFieldsMax} further fields; seal this one first.");
}
