using System.Text.Unicode;

namespace Streamgauge.Events;

/// <summary>The rules of <see cref="EventLimits"/>, applied where events enter. One rule set for every way in.</summary>
public static class EventValidator
{
    // What an event may occupy as a plain entry beside its five names and its extras: the names of all seven fields, value and ts.
    private const int FixedBytesMax = 8 + 7 + 10 + 7 + 10 + 5 + 2 + FixedPoint.FormatBytesMax + 20;

    /// <summary>Checks a whole event before it is sent: what passes is counted, whether it travels as a plain entry or in a frame.</summary>
    /// <returns><see cref="EventFault.None"/> or the first rule broken.</returns>
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
        if (fields.HasValue) fault = CheckValue(fields.ValueMicros);
        if (fault != EventFault.None || fields.Extra is not { Count: > 0 } extra) return fault;
        var nameBytes = fields.EventType.Length + fields.EventId.Length + fields.UserId.Length + fields.Product.Length + fields.SessionId.Length;
        return CheckExtra(extra, EventLimits.EventBytesMax - FixedBytesMax - nameBytes);
    }

    /// <summary>Checks one of the five documented names; empty (absent) is fine.</summary>
    public static EventFault CheckName(ReadOnlySpan<byte> name)
    {
        if (name.Length > EventLimits.NameBytesMax) return EventFault.TooLong;

        return IsPlainText(name) ? EventFault.None : EventFault.InvalidText;
    }

    /// <summary>Checks a value in micros against <see cref="EventLimits.ValueUnitsMax"/>.</summary>
    public static EventFault CheckValue(long micros) =>
        micros is > FixedPoint.MicrosMax or < -FixedPoint.MicrosMax ? EventFault.ValueOutOfRange : EventFault.None;

    /// <summary>Checks the name and value of one further field; an empty value (absent) is fine, and a value may hold line breaks.</summary>
    public static EventFault CheckExtra(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var fault = CheckExtraName(name);
        return fault == EventFault.None ? CheckExtraValue(value) : fault;
    }

    internal static EventFault CheckExtraName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || FieldNames.Identify(name) != EventField.Extra) return EventFault.BadFieldName;
        if (name.Length > EventLimits.FieldNameBytesMax) return EventFault.TooLong;
        return IsPlainText(name) ? EventFault.None : EventFault.InvalidText;
    }

    internal static EventFault CheckExtraValue(ReadOnlySpan<byte> value)
    {
        if (value.Length > EventLimits.FieldValueBytesMax) return EventFault.TooLong;
        return Utf8.IsValid(value) ? EventFault.None : EventFault.InvalidText;
    }

    // Control characters would break lines in logs, terminals and expositions; no real name has them.
    private static bool IsPlainText(ReadOnlySpan<byte> text) =>
        !text.ContainsAnyInRange((byte)0, (byte)0x1F) && !text.Contains((byte)0x7F) && Utf8.IsValid(text);

    private static EventFault CheckExtra(ExtraFields extra, int bytesMax)
    {
        if (extra.Count > EventLimits.ExtraFieldsMax) return EventFault.TooManyFields;
        if (extra.BytesTotal > bytesMax) return EventFault.TooLong;
        for (var i = 0; i < extra.Count; i++)
        {
            var fault = CheckExtra(extra.Name(i), extra.Value(i));
            if (fault != EventFault.None) return fault;
        }

        return EventFault.None;
    }
}
