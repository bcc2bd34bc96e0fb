using System.Diagnostics;

namespace Streamgauge.Drills;

internal sealed class F13Failover : Scenario
{
    private const int Failovers = 2;
    private const double CarelessRate = 200;

    public override string Id => "F13";

    public override string Title => "the master is killed, and Sentinel makes a replica the master";

    public override string Promise => "counting goes on within 15 s; with durability replicated 0 lost, else at most the last second; 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => RigSetup.Replicated with { StartsLoad = false };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        // Beside those who wait for replicas: a client to which Redis's own reply is enough.
        var careless = new PlainProducer(rig.Server, rig.Keys.Stream, rig.Ledger, CarelessRate, confirmedBy: 0);
        rig.StartLoad(careless);
        for (var i = 0; i < Failovers; i++)
        {
            await Task.Delay(rig.Random.Next(300, 800), cancellationToken);
            var killed = Stopwatch.GetTimestamp();
            await FailoverFault.FailOverAsync(rig, () => rig.Allowances.DeclareLoss(Allowances.Ago(DrillLimits.FailoverLoss), rig.Ledger.Count, careless.Sent), cancellationToken);
            await rig.RecoverAsync(FailoverFault.Name, cancellationToken);
            if (Stopwatch.GetElapsedTime(killed) is var resumed && resumed > DrillLimits.FailoverMax) rig.Findings.Add($"after a failover, counting went on only after {resumed.TotalSeconds:0.0} s");
        }
    }
}
