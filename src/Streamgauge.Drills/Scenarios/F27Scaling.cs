namespace Streamgauge.Drills;

internal sealed class F27Scaling : Scenario
{
    private const int More = 7;
    private static readonly TimeSpan ExitBound = TimeSpan.FromSeconds(30);

    public override string Id => "F27";

    public override string Title => "from one processor to eight and back to one, under load";

    public override string Promise => "nobody's entries are thrown away: 0 lost, 0 doubled";

    internal override RigSetup Setup => new() { Processors = 1 };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var first = rig.Fleet.Running[0];
        await rig.Fleet.StartAllAsync(More, cancellationToken);
        rig.Journal.Note("scale", $"to {More + 1} processors");
        await rig.RecoverAsync("scale", cancellationToken);
        var leaving = rig.Fleet.Running.Where(processor => processor != first).ToList();
        var codes = await Task.WhenAll(leaving.Select(processor => rig.Fleet.TerminateAsync(processor, ExitBound, cancellationToken)));
        rig.Journal.Note("scale", "to 1 processor");
        if (Array.Exists(codes, code => code != 0)) rig.Findings.Add($"processors that were asked to end did so with {string.Join(", ", codes.Select(code => code?.ToString() ?? "nothing"))}");
        await rig.RecoverAsync("scale", cancellationToken);
    }
}
