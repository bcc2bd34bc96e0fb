namespace Streamgauge.Events;

/// <summary>Why an event, an entry or a frame cannot be counted. The wire name of each is a metric label and a dead-letter reason.</summary>
/// <remarks>The numbers stay inside one process; new faults go to the end.</remarks>
public enum EventFault : byte
{
    /// <summary>No fault.</summary>
    None = 0,

    /// <summary><c>event_type</c> is absent or empty.</summary>
    MissingType,

    /// <summary>None of the documented fields is present: this is not an event.</summary>
    NoKnownFields,

    /// <summary><c>value</c> is not a plain decimal number.</summary>
    BadValue,

    /// <summary><c>value</c> is beyond <see cref="EventLimits.ValueUnitsMax"/>.</summary>
    ValueOutOfRange,

    /// <summary><c>ts</c> is neither a Unix time nor an RFC 3339 time.</summary>
    BadTimestamp,

    /// <summary><c>ts</c> is before 1970 or after 2100.</summary>
    TimestampOutOfRange,

    /// <summary>A name or a value is longer than its limit.</summary>
    TooLong,

    /// <summary>More than <see cref="EventLimits.ExtraFieldsMax"/> further fields.</summary>
    TooManyFields,

    /// <summary>Not UTF-8, or control characters in a documented field or a field name.</summary>
    InvalidText,

    /// <summary>The frame ends before its announced length.</summary>
    FrameTruncated,

    /// <summary>The frame's checksum does not match its bytes.</summary>
    FrameChecksum,

    /// <summary>The frame was written by a newer version.</summary>
    FrameVersion,

    /// <summary>The frame's checksum is right but its structure is not.</summary>
    FrameMalformed,

    /// <summary>A further field has no name, or the name of a documented field.</summary>
    BadFieldName,
}

/// <summary>Wire names of <see cref="EventFault"/>.</summary>
public static class EventFaults
{
    private static readonly string[] Names =
    [
        "none", "missing_event_type", "no_known_fields", "bad_value", "value_out_of_range", "bad_timestamp", "timestamp_out_of_range",
        "too_long", "too_many_fields", "invalid_text", "frame_truncated", "frame_checksum", "frame_version", "frame_malformed",
        "bad_field_name",
    ];

    /// <summary>Every fault but <see cref="EventFault.None"/>, for zero-initialised metrics.</summary>
    public static IEnumerable<EventFault> All => Enum.GetValues<EventFault>().Where(f => f != EventFault.None);

    /// <summary>The snake_case name used in dead letters and metrics.</summary>
    public static string WireName(this EventFault fault) => Names[(int)fault];
}
