using System.Buffers.Binary;

namespace Streamgauge.Events;

/// <summary>Turns frames into events of a batch. Nothing in a frame is believed before its checksum; nothing after it without a bound.</summary>
/// <remarks>
/// A frame is taken whole or not at all; single events in it that break a rule are left out and listed in <see cref="Faults"/>.
/// Text is looked at once per dictionary entry, not once per event: this is what makes frames cheap.
/// </remarks>
public sealed class FrameDecoder(EventBatch batch)
{
    private const int BadText = -2; // stands in a column for a value that breaks a rule

    private readonly List<(int Index, EventFault Fault)> _faults = [];
    private readonly FrameReader _reader = new();
    private int[] _symbolOfEntry = new int[256];
    private EventFault[] _faultOfEvent = new EventFault[256];

    /// <summary>Events of the last frame that were left out: position in the frame and reason.</summary>
    public IReadOnlyList<(int Index, EventFault Fault)> Faults => _faults;

    /// <summary>Adds the events of one frame to the batch.</summary>
    /// <returns><see cref="EventFault.None"/>, or why the frame as a whole cannot be read; the batch is then unchanged.</returns>
    public EventFault Decode(ReadOnlySpan<byte> frame, long arrivalMs)
    {
        _faults.Clear();
        var fault = _reader.Open(frame);
        if (fault != EventFault.None) return fault;
        var count = _reader.EventCount;
        batch.Reserve(count);
        if (_faultOfEvent.Length < count) _faultOfEvent = new EventFault[Math.Max(count, _faultOfEvent.Length * 2)];
        Array.Clear(_faultOfEvent, 0, count);

        var clamped = 0;
        var hasFaults = false;
        for (var i = 0; i < _reader.ColumnCount; i++)
        {
            var source = _reader.Column(frame, i);
            var read = source.Field switch
            {
                EventField.Timestamp => ReadTimes(source.Payload, count, arrivalMs, ref clamped, ref hasFaults),
                EventField.Value => ReadValues(source.Payload, count, ref hasFaults),
                _ when batch.FindColumn(source.Field, source.Name) is { } column =>
                    ReadText(column, source.Encoding, source.Payload, count, ref hasFaults),
                _ => true, // a field no view asks for costs nothing
            };
            if (!read) return EventFault.FrameMalformed;
        }

        hasFaults |= batch.EventType.Reserve(batch.Count, count).Contains(FieldColumn.Absent);
        batch.Advance(hasFaults ? LeaveOutFaults(count) : count, clamped);
        return EventFault.None;
    }

    private bool ReadTimes(ReadOnlySpan<byte> payload, int count, long arrivalMs, ref int clamped, ref bool hasFaults)
    {
        var times = batch.NewTimestampsMs(count);
        var timestampMs = _reader.BaseTimestampMs;
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var raw)) return false;
            timestampMs += Varint.Unzigzag(raw);
            if (EventTime.Check(timestampMs) != EventFault.None) Fault(i, EventFault.TimestampOutOfRange, ref hasFaults);
            else times[i] = EventBatch.Clamp(timestampMs, arrivalMs, ref clamped);
        }

        return at == payload.Length;
    }

    private bool ReadValues(ReadOnlySpan<byte> payload, int count, ref bool hasFaults)
    {
        const long MicrosMax = EventLimits.ValueUnitsMax * FixedPoint.MicrosPerUnit;
        var values = batch.NewValuesMicros(count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var raw)) return false;
            if (raw == 0) continue;
            values[i] = Varint.Unzigzag(raw - 1);
            if (values[i] is > MicrosMax or < -MicrosMax) Fault(i, EventFault.ValueOutOfRange, ref hasFaults);
        }

        return at == payload.Length;
    }

    private bool ReadText(FieldColumn column, byte encoding, ReadOnlySpan<byte> payload, int count, ref bool hasFaults) => encoding switch
    {
        FrameFormat.EncodingDictionary => ReadDictionary(column, payload, count, ref hasFaults),
        FrameFormat.EncodingPlain => ReadPlain(column, payload, count, ref hasFaults),
        _ => false,
    };

    private bool ReadDictionary(FieldColumn column, ReadOnlySpan<byte> payload, int count, ref bool hasFaults)
    {
        var at = 0;
        if (!Varint.TryRead(payload, ref at, out var entries) || entries > (ulong)count) return false;
        if (_symbolOfEntry.Length <= (int)entries) _symbolOfEntry = new int[(int)entries + 1];
        _symbolOfEntry[0] = FieldColumn.Absent;
        for (var i = 1; i <= (int)entries; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var length) || length > (ulong)(payload.Length - at)) return false;
            _symbolOfEntry[i] = Intern(column, payload.Slice(at, (int)length));
            at += (int)length;
        }

        var indexBytes = entries <= byte.MaxValue ? 1 : 2;
        var indices = payload[at..];
        if (indices.Length != count * indexBytes) return false;
        var values = column.Reserve(batch.Count, count);
        for (var i = 0; i < count; i++)
        {
            var index = indexBytes == 1 ? indices[i] : BinaryPrimitives.ReadUInt16LittleEndian(indices[(2 * i)..]);
            if (index > (int)entries) return false;
            values[i] = _symbolOfEntry[index];
            if (values[i] == BadText) Fault(i, EventFault.InvalidText, ref hasFaults);
        }

        return true;
    }

    private bool ReadPlain(FieldColumn column, ReadOnlySpan<byte> payload, int count, ref bool hasFaults)
    {
        // Lengths first, then the bytes they cut: find where the bytes begin, then walk both.
        var textAt = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref textAt, out _)) return false;
        }

        var values = column.Reserve(batch.Count, count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var lengthPlusOne)) return false;
            if (lengthPlusOne == 0) continue;
            if (lengthPlusOne - 1 > (ulong)(payload.Length - textAt)) return false;
            var length = (int)(lengthPlusOne - 1);
            values[i] = Intern(column, payload.Slice(textAt, length));
            textAt += length;
            if (values[i] == BadText) Fault(i, EventFault.InvalidText, ref hasFaults);
        }

        return textAt == payload.Length;
    }

    private static int Intern(FieldColumn column, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return FieldColumn.Absent;
        var fault = column.Field == EventField.Extra ? EventValidator.CheckExtra(column.NameUtf8, text) : EventValidator.CheckName(text);
        return fault == EventFault.None ? column.Symbols.Intern(text) : BadText;
    }

    private void Fault(int index, EventFault fault, ref bool hasFaults)
    {
        _faultOfEvent[index] = fault;
        hasFaults = true;
    }

    private int LeaveOutFaults(int count)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var fault = _faultOfEvent[i];
            if (fault == EventFault.None && batch.EventType[batch.Count + i] == FieldColumn.Absent) fault = EventFault.MissingType;
            if (fault != EventFault.None) _faults.Add((i, fault));
            else if (kept++ != i) batch.Move(i, kept - 1);
        }

        return kept;
    }
}
