namespace Streamgauge.Drills;

internal sealed class F25SetBack : Scenario
{
    public override string Id => "F25";

    public override string Title => "the consumer group is set back to the beginning (XGROUP SETID 0)";

    public override string Promise => "what is counted is refused: 0 doubled";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Delay(rig.Random.Next(200, 500), cancellationToken);
            await (await rig.Probe.ConnectAsync(cancellationToken)).ExecuteAsync(["XGROUP", "SETID", rig.Keys.Stream, DrillRig.Group, "0"], cancellationToken);
            rig.Journal.Note("set-back", "to the first entry");
            await rig.RecoverAsync("set-back", cancellationToken);
        }

        var refused = await (await rig.Probe.ConnectAsync(cancellationToken)).ExecuteAsync(["HGET", rig.Keys.Meta, "refused_below_floor"], cancellationToken);
        if (refused.IsNull) throw new DrillException("Nothing was delivered again: setting the group back showed nothing.");
    }
}
