namespace Streamgauge.Streams;

/// <summary>How bad what a check saw is.</summary>
public enum FindingStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Could not be looked at: a permission is missing, or the server knows no such command.</summary>
    Unknown,

    /// <summary>Works now, and will hurt on a bad day.</summary>
    Warn,

    /// <summary>Events are being refused, lost or not counted, or will be at the next restart.</summary>
    Fail,
}
