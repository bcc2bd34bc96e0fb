using System.Globalization;
using System.Net;

namespace Streamgauge.Drills;

internal sealed class F09DiskFull : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F09";

    public override string Title => "Redis's disk is full (its file may not grow any more), then has room again";

    public override string Promise => "writes are refused, processors say that they are not ready, and all goes on by itself";

    public override bool NeedsOwnServer => true;

    // A file that may not grow fails as a full disk does, and needs no right to mount one. The signal that comes along is for programs that cannot wait.
    internal override RigSetup Setup => new() { TellsHealth = true, Server = new OwnServerOptions { Fsync = "everysec", Starter = ["env", "--ignore-signal=XFSZ"] } };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await Task.Delay(rig.Random.Next(200, 500), cancellationToken);
        var size = new FileInfo(server.AppendOnlyPath).Length;
        server.Process.Limit(string.Create(CultureInfo.InvariantCulture, $"--fsize={size}:"));
        rig.Journal.Note("disk-full", $"at {size:N0} bytes");
        foreach (var processor in rig.Fleet.Running)
        {
            await DrillRig.UntilAsync(async () => await processor.ReadHealthAsync("ready", cancellationToken) == HttpStatusCode.ServiceUnavailable, $"{processor.Consumer} says that it is not ready", Bound, cancellationToken);
            if (await processor.ReadHealthAsync("live", cancellationToken) != HttpStatusCode.OK) rig.Findings.Add($"{processor.Consumer} said that it is not alive while the disk was full");
        }

        server.Process.Limit("--fsize=unlimited:");
        await rig.RecoverAsync("disk-full", cancellationToken);
        foreach (var processor in rig.Fleet.Running)
            await DrillRig.UntilAsync(async () => await processor.ReadHealthAsync("ready", cancellationToken) == HttpStatusCode.OK, $"{processor.Consumer} says that it is ready again", DrillLimits.RecoveryMax, cancellationToken);
    }
}
