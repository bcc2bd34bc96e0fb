using System.Diagnostics;

namespace Streamgauge.Drills;

internal sealed class F28Terminated : Scenario
{
    private const int Rounds = 4;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public override string Id => "F28";

    public override string Title => "a processor gets SIGTERM in the middle of its work, over a slow network";

    public override string Promise => "it commits or leaves what is in hand, and ends by itself within 30 s";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var leaving = rig.Fleet.Choose(rig.Random.NextDouble());
            await ProcessorFleet.WaitUntilCountingAsync(leaving, cancellationToken);
            if (round % 2 == 1) leaving.Link.Speed = new LinkSpeed(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
            await Task.Delay(rig.Random.Next(50, 300), cancellationToken);
            var waited = Stopwatch.StartNew();
            var code = await rig.Fleet.TerminateAsync(leaving, Grace, cancellationToken);
            rig.Journal.Note("terminate", $"{leaving.Consumer} ended after {waited.Elapsed.TotalSeconds:0.00} s with {code?.ToString() ?? "nothing"}");
            if (code != 0) rig.Findings.Add($"{leaving.Consumer} did not end by itself within {Grace.TotalSeconds:0} s, or with exit code {code?.ToString() ?? "none"}");
            await rig.Fleet.StartAsync();
        }

        await rig.RecoverAsync("terminate", cancellationToken);
    }
}
