namespace Streamgauge.Drills;

internal sealed class F04ReplyLost : Scenario
{
    private const int Rounds = 8;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F04";

    public override string Title => "the reply to a commit or to an append is lost";

    public override string Promise => "what is in doubt is settled by Redis: 0 lost, 0 doubled";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var link = rig.Links[round % rig.Links.Count];
            await link.Arm(new Interception(InterceptionKind.LoseReply, link.Word)).Sprung.WaitAsync(Bound, cancellationToken);
            rig.Journal.Note("lost-reply", $"of {link.Word}");
            await Task.Delay(rig.Random.Next(100), cancellationToken);
        }

        await rig.RecoverAsync("lost-reply", cancellationToken);
    }
}
