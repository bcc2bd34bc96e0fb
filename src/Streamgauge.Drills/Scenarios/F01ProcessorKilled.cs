namespace Streamgauge.Drills;

internal sealed class F01ProcessorKilled : Scenario
{
    private const int Kills = 6;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F01";

    public override string Title => "a processor is killed anywhere";

    public override string Promise => "its entries are taken over: 0 lost, 0 doubled";

    internal override RigSetup Setup => new() { Processors = 3 };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var bites = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            // The least that counts is one, or there would be nobody to kill with work in hand.
            await DrillRig.UntilAsync(() => Task.FromResult(rig.Fleet.Running.Any(processor => processor.Counts.IsCompleted)), "a processor counts", Bound, cancellationToken);
            var counting = rig.Fleet.Running.Where(processor => processor.Counts.IsCompleted).ToList();
            var victim = counting[rig.Random.Next(counting.Count)];
            await Task.Delay(rig.Random.Next(50, 300), cancellationToken);

            // Every other one dies with a commit half sent, which a random moment hits too seldom.
            if (kill % 2 == 0) await victim.Link.Arm(new Interception(InterceptionKind.HoldRequest, victim.Link.Word)).Sprung.WaitAsync(Bound, cancellationToken);
            await rig.Fleet.KillAsync(victim);
            var inHand = await rig.PendingOfAsync(victim, cancellationToken);
            if (inHand > 0) bites++;
            rig.Journal.Note("kill", $"{victim.Consumer}, with {inHand:N0} entries in its hands");
            await rig.Fleet.StartAsync();
        }

        if (bites < Kills / 2) throw new DrillException($"Only {bites} of {Kills} kills hit a processor with entries in its hands: they show nothing.");
        await rig.RecoverAsync("kill", cancellationToken);
    }
}
