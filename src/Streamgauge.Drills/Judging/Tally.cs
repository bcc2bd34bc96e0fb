namespace Streamgauge.Drills;

/// <summary>What became of the events of a drill.</summary>
public sealed record Tally
{
    public required long Sent { get; init; }

    public required long Ok { get; init; }

    public required long Rejected { get; init; }

    public required long Unknown { get; init; }

    /// <summary>Of the unknown ones, those that were counted.</summary>
    public long UnknownCounted { get; init; }

    /// <summary>Acknowledged and not counted, outside of any declared loss.</summary>
    public long Lost { get; init; }

    /// <summary>Acknowledged and not counted, within a declared loss.</summary>
    public long LostWithinWindow { get; init; }

    /// <summary>Counted more than once.</summary>
    public long Doubled { get; init; }

    /// <summary>Counted although rejected, or never sent.</summary>
    public long Phantoms { get; init; }

    /// <summary>Counted too late for a view with windows.</summary>
    public required long Late { get; init; }

    public required long DeadLettered { get; init; }
}
