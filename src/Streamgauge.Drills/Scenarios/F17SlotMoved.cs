namespace Streamgauge.Drills;

internal sealed class F17SlotMoved : Scenario
{
    public override string Id => "F17";

    public override string Title => "the stream's slot moves to another master of a Redis Cluster under load, key by key, and back";

    public override string Promise => "everybody waits or follows: 0 lost, 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => new() { Kind = ServerKind.Cluster, ConfirmedBy = 1 };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var cluster = rig.Cluster;
        await Task.Delay(rig.Random.Next(300, 800), cancellationToken);
        var (from, to) = (await cluster.MasterAsync(cancellationToken), await cluster.OtherMasterAsync(cancellationToken));
        rig.Allowances.TotalsMayFall = true; // while its key is on the way, the old master has no total
        foreach (var target in new[] { to, from })
        {
            var keys = await cluster.MoveSlotAsync(target, TimeSpan.FromMilliseconds(rig.Random.Next(20, 100)), cancellationToken);
            rig.Journal.Note("slot-moved", $"{keys} keys");
            await rig.RecoverAsync("slot-moved", cancellationToken);
        }
    }
}
