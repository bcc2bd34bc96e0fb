namespace Streamgauge.Drills;

internal sealed class F11EvictionPolicy : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public override string Id => "F11";

    public override string Title => "Redis may evict keys (maxmemory-policy allkeys-lru)";

    public override string Promise => "a processor refuses to start and says what to set";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        await rig.OwnServer.ConfigureAsync("maxmemory-policy", "allkeys-lru", cancellationToken);
        var refused = await rig.Fleet.StartAsync();
        refused.IsCondemned = true;
        var code = await refused.Child.WaitForExitAsync(Bound, cancellationToken);
        rig.Journal.Note("eviction-policy", $"a processor that starts ends with {code?.ToString() ?? "nothing: it runs"}");
        if (code != Processor.UnreachableCode) rig.Findings.Add($"a processor did not refuse a Redis that evicts: exit code {code?.ToString() ?? "none"}");
        await DrillRig.UntilAsync(() => Task.FromResult(refused.Child.HasSaid("maxmemory-policy noeviction")), "it says what to set", Bound, cancellationToken);
        await rig.Fleet.KillAsync(refused);
        await rig.OwnServer.ConfigureAsync("maxmemory-policy", "noeviction", cancellationToken);
        await rig.RecoverAsync("eviction-policy", cancellationToken);
    }
}
