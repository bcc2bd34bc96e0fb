namespace Streamgauge.Drills;

internal sealed class F19SlowLink : Scenario
{
    private const int ConnectionsMax = 4; // the two of each processor, and room for one more life of it
    private static readonly LinkSpeed Speed = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100), BytesPerSecond: 125_000);

    public override string Id => "F19";

    public override string Title => "the network is slow: 200 to 300 ms and 1 Mbit/s each way";

    public override string Promise => "everybody waits; no storm of timeouts and connections";

    internal override RigSetup Setup => new() { Timeout = TimeSpan.FromSeconds(5), ClaimAfter = TimeSpan.FromSeconds(10) };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var before = rig.Fleet.Running.Select(processor => processor.Link.Accepted).ToList();
        foreach (var link in rig.Links) link.Speed = Speed;
        rig.Journal.Note("slow", "every client");
        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        foreach (var link in rig.Links) link.Speed = LinkSpeed.Full;
        await rig.RecoverAsync("slow", cancellationToken);
        foreach (var (processor, connections) in rig.Fleet.Running.Zip(before))
        {
            if (processor.Link.Accepted - connections > ConnectionsMax) rig.Findings.Add($"{processor.Consumer} made {processor.Link.Accepted - connections} connections over a slow network");
        }
    }
}
