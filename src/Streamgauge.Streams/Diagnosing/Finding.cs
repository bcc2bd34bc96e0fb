namespace Streamgauge.Streams;

/// <summary>What one check saw.</summary>
/// <param name="Status">How bad it is.</param>
/// <param name="Seen">What was found, with its numbers.</param>
/// <param name="Why">What it leads to; null when all is well.</param>
/// <param name="Repair">The shell command that repairs it, complete; null when all is well or no command can.</param>
public sealed record Finding(FindingStatus Status, string Seen, string? Why = null, string? Repair = null)
{
    /// <summary>Id of the check: area, dot, name, as in <c>docs/doctor.md</c>.</summary>
    public string Check { get; init; } = "";

    /// <summary>The node of a cluster, or the address of a role; null where there is only one.</summary>
    public string? Node { get; init; }

    internal static Finding Ok(string seen) => new(FindingStatus.Ok, seen);

    internal static Finding Warn(string seen, string why, string? repair) => new(FindingStatus.Warn, seen, why, repair);

    internal static Finding Fail(string seen, string why, string? repair) => new(FindingStatus.Fail, seen, why, repair);

    internal static Finding Unknown(string seen, string why, string? repair = null) => new(FindingStatus.Unknown, seen, why, repair);
}
