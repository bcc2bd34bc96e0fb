namespace Streamgauge.Drills;

/// <summary>SIGSTOP for Redis: connections stay open and nobody answers.</summary>
internal sealed class RedisPauseFault : IFault
{
    public FaultKind Kind { get; } = new("redis-pause", PerFiveMinutes: 3, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2), NeedsOwnServer: true);

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var master = await rig.OwnServers.MasterAsync(cancellationToken);
        master.Pause();
        rig.Journal.Note(Kind.Name, $"for {fault.Length.TotalSeconds:0.0} s");
        await Task.Delay(fault.Length, cancellationToken);
        master.Resume();
    }
}
