using System.Diagnostics;

namespace Streamgauge.Drills;

internal sealed class F16ClusterFailover : Scenario
{
    public override string Id => "F16";

    public override string Title => "a Redis Cluster fails over: the master of the stream's slot is killed; then its replica takes over on request (CLUSTER FAILOVER)";

    public override string Promise => "counting goes on within 15 s; with durability replicated 0 lost; 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => new() { Kind = ServerKind.Cluster, ConfirmedBy = 1 };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var cluster = rig.Cluster;
        await Task.Delay(rig.Random.Next(300, 800), cancellationToken);
        rig.Allowances.TotalsMayFall = true; // commits do not wait for replicas
        var away = Stopwatch.StartNew();
        var old = await cluster.MasterAsync(cancellationToken);
        await old.KillAsync();
        await cluster.WaitForOtherOwnerAsync(old, cancellationToken);
        await cluster.StartAgainAsync(old, cancellationToken);
        rig.Journal.Note(FailoverFault.Name, "the master was killed, its replica took over, and the old one follows it");
        await RecoverAsync(rig, away, cancellationToken);

        await Task.Delay(rig.Random.Next(300, 800), cancellationToken);
        away.Restart();
        await cluster.FailOverAsync(cancellationToken);
        rig.Journal.Note(FailoverFault.Name, "the replica took over on request");
        await RecoverAsync(rig, away, cancellationToken);
    }

    private static async Task RecoverAsync(DrillRig rig, Stopwatch away, CancellationToken cancellationToken)
    {
        await rig.RecoverAsync(FailoverFault.Name, cancellationToken);
        if (away.Elapsed > DrillLimits.FailoverMax) rig.Findings.Add($"after a failover, counting went on only after {away.Elapsed.TotalSeconds:0.0} s");
    }
}
