namespace Streamgauge.Drills;

internal sealed class F18HalfOpen : Scenario
{
    private static readonly TimeSpan Behind = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(2.2 + 5); // a read gives up 2 s after its block of 200 ms; then it connects again

    public override string Id => "F18";

    public override string Title => "the connections of all processors are half open: they stay, and nothing passes over them any more";

    public override string Promise => "readers give up at their deadline, and count again within 5 s after it";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        await Task.Delay(rig.Random.Next(100, 400), cancellationToken);
        foreach (var processor in rig.Fleet.Running) processor.Link.Strand();
        rig.Journal.Note("half-open", "every connection of every processor");
        await DrillRig.UntilAsync(async () => await rig.Probe.TryReadStatusAsync(cancellationToken) is { } status && status.Lag > Behind, "counting falls behind", Bound, cancellationToken);
        await rig.RecoverAsync("half-open", cancellationToken);
        var time = rig.Journal.Recoveries[^1].Time;
        if (time > RecoveryMax) rig.Findings.Add($"half-open connections were given up only after {time.Value.TotalSeconds:0.0} s");
    }
}
