namespace Streamgauge.Drills;

internal sealed class F34OutOfResources : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StarvedFor = TimeSpan.FromSeconds(3);
    private static readonly Dictionary<string, string> LittleMemory = new(StringComparer.Ordinal) { ["DOTNET_GCHeapHardLimit"] = "400000" }; // hexadecimal: 4 MiB, the least the runtime starts with

    public override string Id => "F34";

    public override string Title => "a processor has no file descriptors left, another one hardly any memory (4 MiB of heap)";

    public override string Promise => "no half commit; peers take over, and the first connects again once it has some, unless its runtime gave up";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var poor = rig.Fleet.Choose(rig.Random.NextDouble());
        poor.IsCondemned = true; // the runtime itself may give up, which is allowed
        poor.Child.Limit("--nofile=1:"); // whatever it has stays open, and nothing new opens
        poor.Link.Cut();
        await DrillRig.UntilAsync(() => Task.FromResult(poor.Child.HasExited || poor.Child.HasSaid("Too many open files")), $"{poor.Consumer} finds no descriptor", Bound, cancellationToken);
        rig.Journal.Note("no-descriptors", $"{poor.Consumer} {(poor.Child.ExitCode is { } ended ? $"ended with {ended}" : "cannot connect again")}");
        await rig.RecoverAsync("no-descriptors", cancellationToken);
        if (!poor.Child.HasExited)
        {
            var accepted = poor.Link.Accepted;
            poor.Child.Limit("--nofile=1024:");
            await DrillRig.UntilAsync(() => Task.FromResult(poor.Child.HasExited || poor.Link.Accepted > accepted), $"{poor.Consumer} connects again", Bound, cancellationToken);
        }

        var starved = await rig.Fleet.StartAsync(LittleMemory);
        starved.IsCondemned = true;
        var code = await starved.Child.WaitForExitAsync(StarvedFor, cancellationToken);
        rig.Journal.Note("little-memory", $"{starved.Consumer} {(code is not null ? $"ended with {code}" : starved.Counts.IsCompleted ? "makes do" : "runs and does not count")}"); // all three are allowed
        await rig.Fleet.KillAsync(starved);
        await rig.RecoverAsync("little-memory", cancellationToken);
    }
}
