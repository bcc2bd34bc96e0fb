namespace Streamgauge.Events;

/// <summary>The seven documented fields as they stand on the wire.</summary>
public static class FieldNames
{
    public static ReadOnlySpan<byte> EventId => "event_id"u8;
    public static ReadOnlySpan<byte> UserId => "user_id"u8;
    public static ReadOnlySpan<byte> EventType => "event_type"u8;
    public static ReadOnlySpan<byte> Product => "product"u8;
    public static ReadOnlySpan<byte> SessionId => "session_id"u8;
    public static ReadOnlySpan<byte> Value => "value"u8;
    public static ReadOnlySpan<byte> Timestamp => "ts"u8;

    /// <summary>Last field of an entry that was a dead letter before: how often, and the entry it was first. No part of the event.</summary>
    public static ReadOnlySpan<byte> RetryMark => "sg:retried"u8;

    /// <summary>Which documented field <paramref name="name"/> is; <see cref="EventField.Extra"/> for any other.</summary>
    public static EventField Identify(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual(Timestamp) => EventField.Timestamp,
        5 when name.SequenceEqual(Value) => EventField.Value,
        7 when name.SequenceEqual(Product) => EventField.Product,
        7 when name.SequenceEqual(UserId) => EventField.UserId,
        8 when name.SequenceEqual(EventId) => EventField.EventId,
        10 when name.SequenceEqual(EventType) => EventField.EventType,
        10 when name.SequenceEqual(SessionId) => EventField.SessionId,
        _ => EventField.Extra,
    };

    /// <summary>The wire name of a documented field.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="field"/> is <see cref="EventField.Extra"/>, which has no fixed name.</exception>
    public static ReadOnlySpan<byte> Of(EventField field) => field switch
    {
        EventField.EventId => EventId,
        EventField.UserId => UserId,
        EventField.EventType => EventType,
        EventField.Product => Product,
        EventField.SessionId => SessionId,
        EventField.Value => Value,
        EventField.Timestamp => Timestamp,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Only documented fields have a fixed name."),
    };
}

/// <summary>The documented fields. The numbers are the column ids of the frame format and never change.</summary>
public enum EventField : byte
{
    Extra = 0,
    EventId = 1,
    UserId = 2,
    EventType = 3,
    Product = 4,
    SessionId = 5,
    Value = 6,
    Timestamp = 7,
}
