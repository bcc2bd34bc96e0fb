namespace Streamgauge.Drills;

internal sealed class F34OutOfResources : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StarvedFor = TimeSpan.FromSeconds(3);
    private static readonly Dictionary<string, string> LittleMemory = new(StringComparer.Ordinal) { ["DOTNET_GCHeapHardLimit"] = "400000" }; // hexadecimal: 4 MiB, the least the runtime starts with

    public override string Id => "F34";

    public override string Title => "a processor has no file descriptors left, another one hardly any memory (4 MiB of heap)";

    public override string Promise => "no half commit; its peers take over, and the first goes on once it has some again";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var poor = rig.Fleet.Choose(rig.Random.NextDouble());
        poor.Child.Limit("--nofile=20:");
        poor.Link.Cut();
        rig.Journal.Note("no-descriptors", $"{poor.Consumer} cannot connect again");
        await DrillRig.UntilAsync(() => Task.FromResult(poor.Child.HasSaid("Too many open files")), "it finds no descriptor", Bound, cancellationToken);
        await rig.RecoverAsync("no-descriptors", cancellationToken);
        var accepted = poor.Link.Accepted;
        poor.Child.Limit("--nofile=1024:");
        await DrillRig.UntilAsync(() => Task.FromResult(poor.Link.Accepted > accepted), "it connects again", Bound, cancellationToken);

        var starved = await rig.Fleet.StartAsync(LittleMemory);
        starved.IsCondemned = true;
        var code = await starved.Child.WaitForExitAsync(StarvedFor, cancellationToken);
        rig.Journal.Note("little-memory", $"{starved.Consumer} {(code is not null ? $"ended with {code}" : starved.Counts.IsCompleted ? "makes do" : "runs and does not count")}"); // all three are allowed
        await rig.Fleet.KillAsync(starved);
        await rig.RecoverAsync("little-memory", cancellationToken);
    }
}
