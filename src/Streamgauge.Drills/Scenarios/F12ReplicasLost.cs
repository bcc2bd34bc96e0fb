namespace Streamgauge.Drills;

internal sealed class F12ReplicasLost : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F12";

    public override string Title => "the replicas that writes wait for are lost (min-replicas-to-write 1)";

    public override string Promise => "new events are refused or wait, counting pauses, and both go on by themselves: 0 lost";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => RigSetup.Replicated;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        await Task.Delay(rig.Random.Next(200, 600), cancellationToken);
        var replicas = await rig.Sentinels.ReplicasAsync(cancellationToken);
        foreach (var replica in replicas) await replica.KillAsync();
        await DrillRig.UntilAsync(() => Task.FromResult(rig.Ledger.CountOf(Outcome.Rejected) > 0), "a naive client is refused", Bound, cancellationToken);
        var total = await rig.Probe.TryReadTotalAsync(cancellationToken);
        rig.Journal.Note("replicas-lost", $"both, with {total:N0} events counted");
        await Task.Delay(rig.Random.Next(500, 1_500), cancellationToken);
        if (await rig.Probe.TryReadTotalAsync(cancellationToken) is var later && later != total) rig.Findings.Add($"Redis counted from {total:N0} to {later:N0} while it was to refuse writes");
        foreach (var replica in replicas) await rig.OwnServers.StartAgainAsync(replica, cancellationToken);
        await rig.RecoverAsync("replicas-lost", cancellationToken);
    }
}
