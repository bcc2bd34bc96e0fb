using System.Globalization;

namespace Streamgauge.Drills;

internal sealed class F10MemoryFull : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F10";

    public override string Title => "Redis reaches maxmemory, then has room again";

    public override string Promise => "new events are refused or wait, counting goes on until all is counted";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await Task.Delay(rig.Random.Next(200, 500), cancellationToken);
        var used = await rig.Probe.TryReadMemoryAsync(cancellationToken);
        await server.ConfigureAsync("maxmemory", string.Create(CultureInfo.InvariantCulture, $"{used}"), cancellationToken);
        rig.Journal.Note("memory-full", $"at {used:N0} bytes");
        await DrillRig.UntilAsync(() => Task.FromResult(rig.Ledger.CountOf(Outcome.Rejected) > 0), "a naive client is refused", Bound, cancellationToken);
        if (!await rig.DrainAsync(cancellationToken)) rig.Findings.Add("what was in the stream was not counted while Redis was full");
        await server.ConfigureAsync("maxmemory", "0", cancellationToken);
        await rig.RecoverAsync("memory-full", cancellationToken);
    }
}
