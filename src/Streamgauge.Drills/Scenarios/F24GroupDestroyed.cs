namespace Streamgauge.Drills;

internal sealed class F24GroupDestroyed : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F24";

    public override string Title => "the consumer group is destroyed, then everything is (FLUSHALL)";

    public override string Promise => "a group begins again where counting stood: 0 lost, 0 doubled; a flush is told as an error, and what comes after it is counted";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(rig.Random.Next(100, 400), cancellationToken);
            var connection = await rig.Probe.ConnectAsync(cancellationToken);
            await connection.ExecuteAsync(["XGROUP", "DESTROY", rig.Keys.Stream, DrillRig.Group], cancellationToken);
            rig.Journal.Note("group-destroyed", DrillRig.Group);
            await rig.RecoverAsync("group-destroyed", cancellationToken);
        }

        rig.Allowances.TotalsMayFall = true; // before: the watch may look before the reply is here
        await (await rig.Probe.ConnectAsync(cancellationToken)).ExecuteAsync(["FLUSHALL"], cancellationToken);
        rig.Allowances.DeclareLoss(from: 0, rig.Ledger.Count);
        rig.Journal.Note("flush", "everything is gone");
        await rig.RecoverAsync("flush", cancellationToken);
        await DrillRig.UntilAsync(() => Task.FromResult(rig.Fleet.Running.Any(processor => processor.Child.HasSaid("(state_lost)"))), "a processor tells that Redis lost state", Bound, cancellationToken);
    }
}
