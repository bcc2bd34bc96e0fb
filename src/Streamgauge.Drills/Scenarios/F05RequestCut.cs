namespace Streamgauge.Drills;

internal sealed class F05RequestCut : Scenario
{
    private const int Rounds = 12;
    private const int BytesMax = 600; // a commit of a drill has about as many after its name
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F05";

    public override string Title => "the connection ends after k bytes of a commit or an append";

    public override string Promise => "half a request has no effect: 0 lost, 0 doubled";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var link = rig.Links[round % rig.Links.Count];
            var bytes = rig.Random.Next(BytesMax);
            await link.Arm(new Interception(InterceptionKind.CutRequest, link.Word, bytes)).Sprung.WaitAsync(Bound, cancellationToken);
            rig.Journal.Note("cut", $"{link.Word} after {bytes} bytes");
        }

        await rig.RecoverAsync("cut", cancellationToken);
    }
}
