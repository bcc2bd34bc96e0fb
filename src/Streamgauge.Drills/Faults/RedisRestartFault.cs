namespace Streamgauge.Drills;

/// <summary>SIGKILL for Redis, and a start over what it left.</summary>
internal sealed class RedisRestartFault : IFault
{
    public FaultKind Kind { get; } = new("redis-restart", PerFiveMinutes: 4, TimeSpan.Zero, TimeSpan.FromSeconds(1), NeedsOwnServer: true);

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        await rig.OwnServer.KillAsync();
        rig.Journal.Note(Kind.Name, $"killed, away for {fault.Length.TotalSeconds:0.0} s");
        await Task.Delay(fault.Length, cancellationToken);
        await rig.OwnServer.StartAgainAsync(cancellationToken);
    }
}
