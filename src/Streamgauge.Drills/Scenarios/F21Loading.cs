using System.Globalization;
using System.Net;

namespace Streamgauge.Drills;

internal sealed class F21Loading : Scenario
{
    private const double LoadingSeconds = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F21";

    public override string Title => "Redis restarts and takes its time to load";

    public override string Promise => "processors are alive and not ready meanwhile, and go on by themselves";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => new() { TellsHealth = true };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await Task.Delay(rig.Random.Next(600, 900), cancellationToken);
        await server.KillAsync();
        var commands = AppendOnlyLog.CountCommands(await File.ReadAllBytesAsync(server.AppendOnlyPath, cancellationToken));
        var delayMicros = (int)(LoadingSeconds * 1_000_000 / commands);
        await server.BeginStartAsync(["--key-load-delay", delayMicros.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        rig.Journal.Note("loading", $"{commands:N0} commands at {delayMicros} µs each");
        foreach (var processor in rig.Fleet.Running)
        {
            await DrillRig.UntilAsync(async () => await processor.ReadHealthAsync("ready", cancellationToken) == HttpStatusCode.ServiceUnavailable, $"{processor.Consumer} says that it is not ready", Bound, cancellationToken);
            if (await processor.ReadHealthAsync("live", cancellationToken) != HttpStatusCode.OK) rig.Findings.Add($"{processor.Consumer} said that it is not alive while Redis was loading");
        }

        await server.WaitUntilLoadedAsync(cancellationToken);
        await rig.RecoverAsync("loading", cancellationToken);
    }
}
