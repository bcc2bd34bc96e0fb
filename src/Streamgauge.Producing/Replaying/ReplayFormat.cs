namespace Streamgauge.Producing;

/// <summary>How a file is written.</summary>
public enum ReplayFormat
{
    /// <summary>By the file's extension; without a known one, NDJSON if the first character is a brace, else CSV.</summary>
    Auto,

    /// <summary>RFC 4180 with a header row.</summary>
    Csv,

    /// <summary>One JSON object per line.</summary>
    Ndjson,
}
