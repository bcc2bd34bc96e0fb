using System.Diagnostics;

namespace Streamgauge.Drills;

/// <summary>SIGKILL for the master, for so long that the sentinels make a replica the master; then it comes back and follows.</summary>
internal sealed class FailoverFault : IFault
{
    public const string Name = "failover";

    public FaultKind Kind { get; } = new(Name, PerFiveMinutes: 1, TimeSpan.Zero, TimeSpan.Zero, NeedsOwnServer: true);

    public Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken) => FailOverAsync(rig, () => { }, cancellationToken);

    /// <param name="killed">Called when the master is dead and no replica is the master yet.</param>
    public static async Task FailOverAsync(DrillRig rig, Action killed, CancellationToken cancellationToken)
    {
        var old = await rig.Sentinels.MasterAsync(cancellationToken);
        rig.Allowances.TotalsMayFall = true; // commits do not wait for replicas: what counted alone on the old master is pending again on the new one
        var away = Stopwatch.StartNew();
        await old.KillAsync();
        killed();
        await rig.Sentinels.WaitForOtherMasterAsync(old, cancellationToken);
        rig.Journal.Note(Name, $"the master was killed, and {away.Elapsed.TotalSeconds:0.0} s later a replica is the master; the old one comes back and follows it");
        await rig.Sentinels.StartAgainAsync(old, cancellationToken);
    }
}
