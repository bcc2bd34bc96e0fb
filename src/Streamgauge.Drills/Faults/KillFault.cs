namespace Streamgauge.Drills;

/// <summary>SIGKILL for a processor, and a new one in its place.</summary>
internal sealed class KillFault : IFault
{
    public FaultKind Kind { get; } = new("kill", PerFiveMinutes: 24, TimeSpan.Zero, TimeSpan.Zero);

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var victim = rig.Fleet.Choose(fault.Place);
        await rig.Fleet.KillAsync(victim);
        rig.Journal.Note(Kind.Name, $"{victim.Consumer}, with {await rig.PendingOfAsync(victim, cancellationToken):N0} entries in its hands");
        await rig.Fleet.StartAsync();
    }
}
