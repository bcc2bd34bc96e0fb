namespace Streamgauge.Events;

/// <summary>One event on its way to a stream: spans over its owner's bytes, valid only during the call it is passed to.</summary>
/// <remarks>An empty span means the field is absent. Nothing here is validated; see <see cref="EventValidator"/>.</remarks>
public ref struct EventFields
{
    public ReadOnlySpan<byte> EventId;
    public ReadOnlySpan<byte> UserId;
    public ReadOnlySpan<byte> EventType;
    public ReadOnlySpan<byte> Product;
    public ReadOnlySpan<byte> SessionId;

    /// <summary>Millionths; meaningful only when <see cref="HasValue"/>.</summary>
    public long ValueMicros;

    /// <summary>Whether the event carries a value at all: 0 is a value.</summary>
    public bool HasValue;

    /// <summary>Unix milliseconds.</summary>
    public long TimestampMs;

    /// <summary>Further named fields; null when there are none.</summary>
    public ExtraFields? Extra;
}
