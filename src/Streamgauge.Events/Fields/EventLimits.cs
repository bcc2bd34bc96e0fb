namespace Streamgauge.Events;

/// <summary>The bounds every event must keep, whichever way it arrives. Beyond one of them it is refused or dead-lettered, by name.</summary>
public static class EventLimits
{
    /// <summary>Longest <c>event_type</c>, <c>product</c>, <c>user_id</c>, <c>session_id</c> or <c>event_id</c>, in UTF-8 bytes.</summary>
    public const int NameBytesMax = 256;

    /// <summary>Longest name of a further field, in bytes.</summary>
    public const int FieldNameBytesMax = 64;

    /// <summary>Longest value of a further field, in bytes.</summary>
    public const int FieldValueBytesMax = 4096;

    /// <summary>Most further fields beside the seven documented ones.</summary>
    public const int ExtraFieldsMax = 32;

    /// <summary>All names and values of one event together, in bytes.</summary>
    public const int EventBytesMax = 16 * 1024;

    /// <summary>
    /// Largest absolute value, in whole units. In millionths it stays below 10^15, so that a stored sum of 64 bits holds thousands of the largest.
    /// </summary>
    public const long ValueUnitsMax = 1_000_000_000;

    /// <summary>Largest absolute number in a further field, in whole units: a trillion. Beyond it the field is taken for text.</summary>
    public const long NumberUnitsMax = 1_000_000_000_000;

    /// <summary>1970-01-01T00:00:00Z: anything older is a broken clock or a broken unit, not an old event.</summary>
    public const long TimestampMsMin = 0;

    /// <summary>2100-01-01T00:00:00Z: anything later is a broken unit (microseconds, ticks).</summary>
    public const long TimestampMsMax = 4_102_444_800_000;

    /// <summary>How far event time may run ahead of arrival before it is clamped to arrival.</summary>
    public static readonly TimeSpan FutureSkewMax = TimeSpan.FromMinutes(FutureSkewMinutes);

    internal const int FutureSkewMinutes = 5;
}
