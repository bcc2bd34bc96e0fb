namespace Streamgauge.Drills;

internal sealed class F03SharedName : Scenario
{
    private const string Name = "shared";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F03";

    public override string Title => "two processors have the same consumer name";

    public override string Promise => "each takes the other's entries for its own, and the fence settles it: 0 doubled; one of them warns";

    internal override RigSetup Setup => new() { Processors = 2, ConsumerName = Name };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        // After every broken connection a processor takes up what is pending under its name: also what the other has in hand.
        for (var cut = 0; cut < 4; cut++)
        {
            await Task.Delay(rig.Random.Next(200, 500), cancellationToken);
            var victim = rig.Fleet.Choose(rig.Random.NextDouble());
            await victim.Link.Arm(new Interception(InterceptionKind.HoldRequest, victim.Link.Word)).Sprung.WaitAsync(Bound, cancellationToken);
            victim.Link.Cut();
            rig.Journal.Note("cut", $"{victim.Consumer}, with a commit on its way");
        }

        await DrillRig.UntilAsync(() => Task.FromResult(rig.Fleet.Running.Any(processor => processor.Child.HasSaid("(shared_consumer)"))), "one of them warns", Bound, cancellationToken);
        await rig.RecoverAsync("shared-name", cancellationToken);
    }
}
