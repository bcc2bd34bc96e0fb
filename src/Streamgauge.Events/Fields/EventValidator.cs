using System.Text.Unicode;

namespace Streamgauge.Events;

/// <summary>The rules of <see cref="EventLimits"/>, applied where events enter. One rule set for every way in.</summary>
public static class EventValidator
{
    /// <summary>Checks a whole event before it is sent.</summary>
    public static EventFault Check(in EventFields fields)
    {
        if (fields.EventType.IsEmpty) return EventFault.MissingType;
        var fault = CheckName(fields.EventType);
        if (fault == EventFault.None) fault = CheckName(fields.EventId);
        if (fault == EventFault.None) fault = CheckName(fields.UserId);
        if (fault == EventFault.None) fault = CheckName(fields.Product);
        if (fault == EventFault.None) fault = CheckName(fields.SessionId);
        if (fault == EventFault.None) fault = EventTime.Check(fields.TimestampMs);
        if (fault != EventFault.None) return fault;
        if (fields.HasValue && Math.Abs((decimal)fields.ValueMicros) > (decimal)EventLimits.ValueUnitsMax * FixedPoint.MicrosPerUnit)
            return EventFault.ValueOutOfRange;
        return fields.Extra is { Count: > 0 } extra ? CheckExtra(extra) : EventFault.None;
    }

    /// <summary>Checks one of the five documented names; empty (absent) is fine.</summary>
    public static EventFault CheckName(ReadOnlySpan<byte> name)
    {
        if (name.Length > EventLimits.NameBytesMax) return EventFault.TooLong;

        // Control characters would break lines in logs, terminals and expositions; no real name has them.
        if (name.ContainsAnyInRange((byte)0, (byte)0x1F) || name.Contains((byte)0x7F) || !Utf8.IsValid(name)) return EventFault.InvalidText;
        return EventFault.None;
    }

    /// <summary>Checks the name and value of one further field.</summary>
    public static EventFault CheckExtra(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty) return EventFault.TooManyFields;
        if (name.Length > EventLimits.FieldNameBytesMax || value.Length > EventLimits.FieldValueBytesMax) return EventFault.TooLong;
        return name.ContainsAnyInRange((byte)0, (byte)0x1F) || !Utf8.IsValid(name) || !Utf8.IsValid(value) ? EventFault.InvalidText : EventFault.None;
    }

    private static EventFault CheckExtra(ExtraFields extra)
    {
        if (extra.Count > EventLimits.ExtraFieldsMax) return EventFault.TooManyFields;
        if (extra.BytesTotal > EventLimits.EventBytesMax) return EventFault.TooLong;
        for (var i = 0; i < extra.Count; i++)
        {
            var fault = CheckExtra(extra.Name(i), extra.Value(i));
            if (fault != EventFault.None) return fault;
        }

        return EventFault.None;
    }
}
