namespace Streamgauge.Drills;

internal sealed class F14ZombieMaster : Scenario
{
    private const double CarelessRate = 200;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(40); // sentinels take 8 s to trust a server that comes back, and look every 10 s

    public override string Id => "F14";

    public override string Title => "the master is paused, Sentinel makes a replica the master, and the old one comes back and knows nothing of it";

    public override string Promise => "with min-replicas-to-write 1 it takes nothing any more, even from a client that stayed with it: 0 lost, 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => RigSetup.Replicated with { StartsLoad = false };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var old = await rig.Sentinels.MasterAsync(cancellationToken);
        var careless = new PlainProducer(old, rig.Keys.Stream, rig.Ledger, CarelessRate, confirmedBy: 0); // knows this server, and of no sentinels
        rig.StartLoad(careless);
        await Task.Delay(rig.Random.Next(300, 800), cancellationToken);
        rig.Allowances.TotalsMayFall = true; // commits do not wait for replicas
        old.Pause();
        rig.Allowances.DeclareLoss(Allowances.Ago(DrillLimits.FailoverLoss), rig.Ledger.Count, careless.Sent);
        await rig.Sentinels.WaitForOtherMasterAsync(old, cancellationToken);
        rig.Journal.Note("zombie-master", "the master is paused, and a replica is the master");
        await Task.Delay(rig.Random.Next(500), cancellationToken);
        var refused = rig.Ledger.CountOf(Outcome.Rejected);
        old.Resume();
        rig.Journal.Note("zombie-master", "the old one goes on");
        await DrillRig.UntilAsync(() => Task.FromResult(rig.Ledger.CountOf(Outcome.Rejected) > refused), "the client that stayed with the old master is refused", Bound, cancellationToken);
        await DrillRig.UntilAsync(() => old.SaysAsync("replication", "role:slave", cancellationToken), "the sentinels made the old master a replica", Bound, cancellationToken);
        await rig.RecoverAsync("zombie-master", cancellationToken);
    }
}
