namespace Streamgauge.Producing;

/// <summary>Why a line of a file is no record. Faults of a record that is no valid event are <see cref="Streamgauge.Events.EventFault"/>.</summary>
internal enum RecordFault : byte
{
    None,

    /// <summary>A quote inside a field that does not begin with one.</summary>
    StrayQuote,

    /// <summary>Something other than a delimiter or the end of the line after a closing quote.</summary>
    TextAfterQuote,

    /// <summary>A quoted field that never ends, or not within the size limit of a record.</summary>
    UnterminatedQuote,

    /// <summary>More or fewer fields than the header has columns.</summary>
    ColumnCount,

    /// <summary>Longer than <see cref="RecordReader.RecordBytesMax"/>.</summary>
    RecordTooLong,

    /// <summary>Not JSON.</summary>
    NotJson,

    /// <summary>JSON, but not one object.</summary>
    NotAnObject,

    /// <summary>JSON nested deeper than <see cref="NdjsonParser.DepthMax"/>.</summary>
    TooDeep,

    /// <summary>The same property twice, or two sources for one field of the event.</summary>
    DuplicateField,

    /// <summary>Text that is not UTF-8.</summary>
    InvalidText,
}

internal static class RecordFaults
{
    private static readonly string[] Names =
    [
        "none", "stray_quote", "text_after_quote", "unterminated_quote", "column_count", "record_too_long",
        "not_json", "not_an_object", "too_deep", "duplicate_field", "invalid_text",
    ];

    /// <summary>The snake_case reason as it is reported and counted.</summary>
    public static string WireName(this RecordFault fault) => Names[(int)fault];
}
