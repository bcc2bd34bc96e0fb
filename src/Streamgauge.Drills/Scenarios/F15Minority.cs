using System.Diagnostics;

namespace Streamgauge.Drills;

internal sealed class F15Minority : Scenario
{
    private const double CarelessRate = 200;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(40);

    public override string Id => "F15";

    public override string Title => "the master is cut off from replicas and sentinels, together with a processor and clients";

    public override string Promise => "the majority goes on; what the minority acknowledged is lost only if it waited for no replica, and for 5 s at most (min-replicas-max-lag 3); 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => RigSetup.Replicated with { StartsLoad = false };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var sentinels = rig.Sentinels;
        var old = await sentinels.MasterAsync(cancellationToken);
        var careless = new PlainProducer(old, rig.Keys.Stream, rig.Ledger, CarelessRate, confirmedBy: 0);
        rig.StartLoad(careless);
        await Task.Delay(rig.Random.Next(300, 800), cancellationToken);

        // In the minority: a processor, and the client that waits for replicas. In the majority: all others. The careless client has the old master's socket.
        IReadOnlyList<Link> minority = [rig.Fleet.Choose(rig.Random.NextDouble()).Link, rig.Load!.Producers.OfType<PlainProducer>().First(producer => producer != careless).Link];
        rig.Allowances.TotalsMayFall = true;
        var cutOff = Stopwatch.StartNew();
        sentinels.Isolate(old);
        foreach (var link in rig.Links.Where(link => link != careless.Link))
        {
            if (minority.Contains(link)) link.Stall(node => node.Place != old.TcpEndpoint);
            else link.Stall(node => node.Place == old.TcpEndpoint);
        }

        await sentinels.WaitForOtherMasterAsync(old, cancellationToken);
        rig.Journal.Note("minority", "the master is cut off, and a replica is the master");
        if (DrillLimits.CutOffLoss - cutOff.Elapsed is var left && left > TimeSpan.Zero) await Task.Delay(left, cancellationToken);
        rig.Allowances.DeclareLoss(Allowances.Ago(cutOff.Elapsed + DrillLimits.FailoverLoss), rig.Ledger.Count, careless.Sent);
        var refused = rig.Ledger.CountOf(Outcome.Rejected);
        await DrillRig.UntilAsync(() => Task.FromResult(rig.Ledger.CountOf(Outcome.Rejected) > refused), "the client that stayed with the old master is refused", Bound, cancellationToken);
        await Task.Delay(rig.Random.Next(500), cancellationToken);
        foreach (var link in rig.Links) link.Heal();
        sentinels.Reunite(old);
        rig.Journal.Note("minority", "they meet again");
        await DrillRig.UntilAsync(() => old.SaysAsync("replication", "role:slave", cancellationToken), "the sentinels made the old master a replica", Bound, cancellationToken);
        await rig.RecoverAsync("minority", cancellationToken);
    }
}
