namespace Streamgauge.Drills;

internal sealed class F33OutputBuffer : Scenario
{
    private const string Limit = "normal 98304 0 0"; // more than a page of entries taken up again, less than a long read
    private const int Backlog = 2_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public override string Id => "F33";

    public override string Title => "Redis ends connections whose replies are too long (client-output-buffer-limit)";

    public override string Promise => "what was delivered to nobody is taken up again in smaller pages: 0 lost";

    public override bool NeedsOwnServer => true;

    // One event an entry, so that a read asks for a thousand entries, four times as many as a page.
    internal override RigSetup Setup => new() { PlainShare = 1 };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        await rig.OwnServer.ConfigureAsync("client-output-buffer-limit", Limit, cancellationToken);
        foreach (var processor in rig.Fleet.Running) processor.Child.Pause();
        var before = (await rig.Probe.TryReadStatusAsync(cancellationToken))!.EntriesAdded;
        await DrillRig.UntilAsync(async () => await rig.Probe.TryReadStatusAsync(cancellationToken) is { } status && status.EntriesAdded - before > Backlog, $"{Backlog:N0} entries wait", Bound, cancellationToken);
        foreach (var processor in rig.Fleet.Running) processor.Child.Resume();
        await rig.RecoverAsync("output-buffer", cancellationToken);
        var ended = rig.OwnServer.LogLines.Count(line => line.Contains("overcoming of output buffer limits", StringComparison.Ordinal));
        rig.Journal.Note("output-buffer", $"{ended} connections ended by Redis");
        await rig.OwnServer.ConfigureAsync("client-output-buffer-limit", "normal 0 0 0", cancellationToken); // or the verdict could not be read
        if (ended == 0) throw new DrillException("No reply was too long: the limit showed nothing.");
    }
}
