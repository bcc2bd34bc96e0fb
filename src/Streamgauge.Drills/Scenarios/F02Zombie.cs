namespace Streamgauge.Drills;

internal sealed class F02Zombie : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F02";

    public override string Title => "a processor is paused with a commit on its way, and comes back after its peers took over";

    public override string Promise => "the fence refuses the late commit: 0 doubled";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var zombie = rig.Fleet.Choose(rig.Random.NextDouble());
        var trap = zombie.Link.Arm(new Interception(InterceptionKind.HoldRequest, zombie.Link.Word));
        await trap.Sprung.WaitAsync(Bound, cancellationToken);
        zombie.Child.Pause();
        rig.Journal.Note("pause", $"{zombie.Consumer}, its commit of {await rig.PendingOfAsync(zombie, cancellationToken):N0} entries half sent");
        await DrillRig.UntilAsync(async () => await rig.PendingOfAsync(zombie, cancellationToken) == 0, "its peers have taken over all entries of the paused processor", Bound, cancellationToken);

        // The message from the past and its sender come back in either order.
        if (rig.Random.Next(2) == 0) zombie.Child.Resume();
        trap.Release();
        await trap.Answered.WaitAsync(Bound, cancellationToken);
        if (zombie.Link.Fenced == 0) rig.Findings.Add("the late commit of the paused processor was not refused");
        rig.Journal.Note("late-commit", zombie.Link.Fenced > 0 ? "refused by the fence" : "NOT refused");
        zombie.Child.Resume();
        await rig.RecoverAsync("pause", cancellationToken);
    }
}
