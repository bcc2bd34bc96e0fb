namespace Streamgauge.Events;

/// <summary>Turns the fields of one plain entry into one event of a batch. Allocates nothing per event.</summary>
/// <remarks>Call <see cref="Begin"/>, <see cref="Field"/> for each field, <see cref="End"/>; an entry with a fault adds no event.</remarks>
public sealed class PlainEntryDecoder(EventBatch batch)
{
    private long _arrivalMs;
    private long _timestampMs;
    private long _valueMicros;
    private bool _hasKnownField;
    private int _extraCount;
    private int _bytesTotal;
    private EventFault _fault;

    /// <param name="arrivalMs">Time part of the entry id: the event time of an event without <c>ts</c>, and the bound of the future. Unix milliseconds.</param>
    public void Begin(long arrivalMs)
    {
        _arrivalMs = arrivalMs;
        _timestampMs = arrivalMs;
        _valueMicros = EventBatch.NoValue;
        _hasKnownField = false;
        _extraCount = 0;
        _bytesTotal = 0;
        _fault = EventFault.None;
        batch.Reserve(1);
    }

    /// <summary>Takes one field. An empty value means absent; a field given twice counts with its last value. The mark of a retry is passed over.</summary>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_fault != EventFault.None || name.SequenceEqual(FieldNames.RetryMark)) return;
        _bytesTotal += name.Length + value.Length;
        if (_bytesTotal > EventLimits.EventBytesMax) { _fault = EventFault.TooLong; return; }
        var field = FieldNames.Identify(name);
        if (field == EventField.Extra)
        {
            if (++_extraCount > EventLimits.ExtraFieldsMax) { _fault = EventFault.TooManyFields; return; }
            _fault = EventValidator.CheckExtra(name, value);
            if (_fault == EventFault.None && !value.IsEmpty) Keep(field, name, value);
            return;
        }

        _hasKnownField = true;
        if (value.IsEmpty) return;
        switch (field)
        {
            case EventField.Timestamp:
                _fault = EventTime.TryParse(value, out _timestampMs);
                break;
            case EventField.Value:
                _fault = FixedPoint.TryParse(value, out _valueMicros);
                break;
            default:
                _fault = EventValidator.CheckName(value);
                if (_fault == EventFault.None) Keep(field, name, value);
                break;
        }
    }

    /// <summary>Adds the event to the batch, or says why not.</summary>
    public EventFault End()
    {
        if (_fault != EventFault.None) return _fault;
        if (!_hasKnownField) return EventFault.NoKnownFields;
        if (batch.EventType[batch.Count] == FieldColumn.Absent) return EventFault.MissingType;
        // Without ts the time is the entry id's, and any client may write any id.
        var fault = EventTime.Check(_timestampMs);
        if (fault != EventFault.None) return fault;
        batch.SetNumbers(0, _timestampMs, _valueMicros);
        batch.Advance(1, Math.Max(_arrivalMs, EventLimits.TimestampMsMin));
        return EventFault.None;
    }

    private void Keep(EventField field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (batch.FindColumn(field, name) is { } column) column[batch.Count] = column.Symbols.Intern(value);
    }
}
