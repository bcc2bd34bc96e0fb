namespace Streamgauge.Events;

/// <summary>Turns frames into events of a batch. Nothing in a frame is believed before its checksum; nothing after it without a bound.</summary>
/// <remarks>
/// A frame is taken whole or not at all; single events in it that break a rule are left out and listed in <see cref="Faults"/>.
/// Text is looked at once per dictionary entry, not once per event: this is what makes frames cheap. A field the batch does not
/// keep is not looked at, so its rules are its sender's to keep. Allocates only while the batch grows; not thread-safe.
/// </remarks>
public sealed class FrameDecoder(EventBatch batch)
{
    private readonly List<(int Index, EventFault Fault)> _faults = [];
    private readonly FrameReader _reader = new();
    private int[] _symbolOfEntry = new int[256];
    private EventFault[] _faultOfEvent = new EventFault[256];

    /// <summary>Events of the last frame that were left out: position in the frame, ascending, and the first rule broken.</summary>
    public IReadOnlyList<(int Index, EventFault Fault)> Faults => _faults;

    /// <summary>Adds the events of one frame to the batch.</summary>
    /// <param name="arrivalMs">Time part of the entry id, Unix milliseconds: the bound of the future.</param>
    /// <returns><see cref="EventFault.None"/>, or why the frame as a whole cannot be read; the batch then has no event of it.</returns>
    public EventFault Decode(ReadOnlySpan<byte> frame, long arrivalMs)
    {
        _faults.Clear();
        var fault = _reader.Open(frame);
        if (fault != EventFault.None) return fault;
        var count = _reader.EventCount;
        batch.Reserve(count);
        if (_faultOfEvent.Length < count) _faultOfEvent = new EventFault[Math.Max(count, _faultOfEvent.Length * 2)];
        Array.Clear(_faultOfEvent, 0, count);

        var hasFaults = false;
        for (var i = 0; i < _reader.ColumnCount; i++)
        {
            var source = _reader.Column(frame, i);
            var read = source.Field switch
            {
                EventField.Timestamp => ReadTimes(source.Payload, batch.NewTimestampsMs(count), ref hasFaults),
                EventField.Value => ReadValues(source.Payload, batch.NewValuesMicros(count), ref hasFaults),
                _ when batch.FindColumn(source.Field, source.Name) is { } column =>
                    ReadText(column, source.Encoding, source.Payload, count, ref hasFaults),
                _ => true, // a field no view asks for costs nothing
            };
            if (!read) return EventFault.FrameMalformed;
        }

        hasFaults |= batch.EventType.Reserve(batch.Count, count).Contains(FieldColumn.Absent);
        batch.Advance(hasFaults ? LeaveOutFaults(count) : count, Math.Max(arrivalMs, EventLimits.TimestampMsMin));
        return EventFault.None;
    }

    private bool ReadTimes(ReadOnlySpan<byte> payload, Span<long> timesMs, ref bool hasFaults)
    {
        var timestampMs = _reader.BaseTimestampMs;
        var at = 0;
        for (var i = 0; i < timesMs.Length; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var raw)) return false;
            timestampMs += Varint.Unzigzag(raw); // modulo 2^64, as the writer subtracts: any time a writer was given comes back
            timesMs[i] = timestampMs;
            var fault = EventTime.Check(timestampMs);
            if (fault != EventFault.None) Fault(i, fault, ref hasFaults);
        }

        return at == payload.Length;
    }

    private bool ReadValues(ReadOnlySpan<byte> payload, Span<long> valuesMicros, ref bool hasFaults)
    {
        var at = 0;
        for (var i = 0; i < valuesMicros.Length; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var raw)) return false;
            if (raw == 0) continue;
            valuesMicros[i] = Varint.Unzigzag(raw - 1);
            var fault = EventValidator.CheckValue(valuesMicros[i]);
            if (fault != EventFault.None) Fault(i, fault, ref hasFaults);
        }

        return at == payload.Length;
    }

    private bool ReadText(FieldColumn column, byte encoding, ReadOnlySpan<byte> payload, int count, ref bool hasFaults)
    {
        var values = column.Reserve(batch.Count, count);
        return encoding == FrameFormat.EncodingDictionary
            ? ReadDictionary(column, payload, values, ref hasFaults)
            : ReadPlain(column, payload, values, ref hasFaults);
    }

    private bool ReadDictionary(FieldColumn column, ReadOnlySpan<byte> payload, Span<int> values, ref bool hasFaults)
    {
        var at = 0;
        if (!Varint.TryRead(payload, ref at, out var entries) || entries > (ulong)values.Length) return false;
        if (_symbolOfEntry.Length <= (int)entries) _symbolOfEntry = new int[FrameFormat.EventsMax + 1];
        var symbols = _symbolOfEntry.AsSpan(0, (int)entries + 1);
        symbols[0] = FieldColumn.Absent;
        var hasBadEntry = false;
        for (var i = 1; i < symbols.Length; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var length) || length > (ulong)(payload.Length - at)) return false;
            symbols[i] = Intern(column, payload.Slice(at, (int)length));
            hasBadEntry |= symbols[i] < FieldColumn.Absent;
            at += (int)length;
        }

        var known = entries <= byte.MaxValue
            ? TryLookUp(payload[at..], symbols, values)
            : TryLookUpWide(payload[at..], symbols, values);
        if (known && hasBadEntry) FaultBadText(values, ref hasFaults);
        return known;
    }

    private static bool TryLookUp(ReadOnlySpan<byte> indices, ReadOnlySpan<int> symbols, Span<int> values)
    {
        if (indices.Length != values.Length) return false;
        for (var i = 0; i < values.Length; i++)
        {
            int index = indices[i];
            if (index >= symbols.Length) return false;
            values[i] = symbols[index];
        }

        return true;
    }

    private static bool TryLookUpWide(ReadOnlySpan<byte> indices, ReadOnlySpan<int> symbols, Span<int> values)
    {
        if (indices.Length != 2 * values.Length) return false;
        for (var i = 0; i < values.Length; i++)
        {
            var index = indices[2 * i] | (indices[(2 * i) + 1] << 8);
            if (index >= symbols.Length) return false;
            values[i] = symbols[index];
        }

        return true;
    }

    private bool ReadPlain(FieldColumn column, ReadOnlySpan<byte> payload, Span<int> values, ref bool hasFaults)
    {
        // Lengths first, then the bytes they cut: find where the bytes begin, then walk both.
        var textAt = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!Varint.TryRead(payload, ref textAt, out _)) return false;
        }

        var at = 0;
        var hasBadText = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (!Varint.TryRead(payload, ref at, out var lengthPlusOne)) return false;
            if (lengthPlusOne == 0) continue;
            if (lengthPlusOne - 1 > (ulong)(payload.Length - textAt)) return false;
            var length = (int)(lengthPlusOne - 1);
            values[i] = Intern(column, payload.Slice(textAt, length));
            hasBadText |= values[i] < FieldColumn.Absent;
            textAt += length;
        }

        if (hasBadText) FaultBadText(values, ref hasFaults);
        return textAt == payload.Length;
    }

    /// <summary>The symbol of <paramref name="text"/>, or its fault as a number below <see cref="FieldColumn.Absent"/>.</summary>
    private static int Intern(FieldColumn column, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return FieldColumn.Absent;
        var known = column.Symbols.Find(text); // only checked text gets in, so known text is not checked again
        if (known >= 0) return known;
        var fault = column.Field == EventField.Extra ? EventValidator.CheckExtraValue(text) : EventValidator.CheckName(text);
        return fault == EventFault.None ? column.Symbols.Intern(text) : FieldColumn.Absent - (int)fault;
    }

    private void FaultBadText(ReadOnlySpan<int> values, ref bool hasFaults)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] < FieldColumn.Absent) Fault(i, (EventFault)(FieldColumn.Absent - values[i]), ref hasFaults);
        }
    }

    private void Fault(int index, EventFault fault, ref bool hasFaults)
    {
        if (_faultOfEvent[index] == EventFault.None) _faultOfEvent[index] = fault;
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
