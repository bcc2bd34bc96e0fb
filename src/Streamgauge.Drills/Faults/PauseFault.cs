namespace Streamgauge.Drills;

/// <summary>SIGSTOP for a processor, longer than its peers wait, then SIGCONT: it comes back and believes that nothing happened.</summary>
internal sealed class PauseFault : IFault
{
    public FaultKind Kind { get; } = new("pause", PerFiveMinutes: 6, RigSetup.ClaimAfterDefault * 1.5, RigSetup.ClaimAfterDefault * 4);

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var victim = rig.Fleet.Choose(fault.Place);
        victim.Child.Pause();
        rig.Journal.Note(Kind.Name, $"{victim.Consumer} for {fault.Length.TotalSeconds:0.0} s");
        await Task.Delay(fault.Length, cancellationToken);
        victim.Child.Resume();
    }
}
