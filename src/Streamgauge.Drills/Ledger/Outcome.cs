namespace Streamgauge.Drills;

/// <summary>What a producer knows of an event it sent.</summary>
public enum Outcome : byte
{
    /// <summary>Nothing was heard: it may be counted once or not at all. Every event begins so.</summary>
    Unknown,

    /// <summary>Acknowledged: it must be counted exactly once.</summary>
    Ok,

    /// <summary>Refused to the producer's face: it must not be counted.</summary>
    Rejected,
}
