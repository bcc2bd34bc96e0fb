namespace Streamgauge.Drills;

/// <summary>What a drill showed.</summary>
public sealed record DrillResult
{
    public required Scenario Scenario { get; init; }

    public required int Seed { get; init; }

    /// <summary>From the first event to the verdict.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What was done when, a line each.</summary>
    public required IReadOnlyList<string> Journal { get; init; }

    /// <summary>Faults injected, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    /// <summary>Commits that the fence refused.</summary>
    public required int Fenced { get; init; }

    /// <summary>Highest memory of a processor seen, in bytes; 0 where the kernel does not tell.</summary>
    public required long ProcessorBytesMax { get; init; }

    /// <summary>Highest memory of Redis seen, in bytes.</summary>
    public required long RedisBytesMax { get; init; }

    public required Tally Tally { get; init; }

    /// <summary>I1 to I6.</summary>
    public required IReadOnlyList<InvariantResult> Invariants { get; init; }

    public bool Holds => Invariants.All(invariant => invariant.Holds);
}
