namespace Streamgauge.Drills;

/// <summary>SIGKILL for Redis, and a start over what it left.</summary>
internal sealed class RedisRestartFault : IFault
{
    public FaultKind Kind { get; } = new("redis-restart", PerFiveMinutes: 4, TimeSpan.Zero, TimeSpan.FromSeconds(1), NeedsOwnServer: true);

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var master = await rig.OwnServers.MasterAsync(cancellationToken);
        await master.KillAsync();
        rig.Journal.Note(Kind.Name, $"killed, away for {fault.Length.TotalSeconds:0.0} s");
        await Task.Delay(fault.Length, cancellationToken);
        await rig.OwnServers.StartAgainAsync(master, cancellationToken);
        if (await rig.OwnServers.MasterAsync(cancellationToken) != master) rig.Journal.Note(FailoverFault.Name, "the restart took longer than the sentinels wait, and a replica is the master");
    }
}
