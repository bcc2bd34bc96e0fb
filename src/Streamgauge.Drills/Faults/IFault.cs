namespace Streamgauge.Drills;

/// <summary>One way in which things break.</summary>
internal interface IFault
{
    FaultKind Kind { get; }

    /// <summary>Breaks it, waits as long as the fault lasts, and heals it.</summary>
    Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken);
}
