using System.Diagnostics;

namespace Streamgauge.Drills;

internal sealed class F32Restored : Scenario
{
    public override string Id => "F32";

    public override string Title => "Redis is restored from a copy of its append-only files, taken while it ran";

    public override string Promise => "counts and stream are those of the copy, together; what came after the copy is counted anew or gone, never twice";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await Task.Delay(rig.Random.Next(300, 600), cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var copy = Path.Combine(server.Folder, "backup");
        Copy(Path.Combine(server.Folder, "appendonlydir"), copy);
        rig.Journal.Note("backup", $"{Directory.GetFiles(copy).Sum(file => new FileInfo(file).Length):N0} bytes");
        await Task.Delay(rig.Random.Next(300, 600), cancellationToken);

        await server.KillAsync();
        Directory.Delete(Path.Combine(server.Folder, "appendonlydir"), recursive: true);
        Copy(copy, Path.Combine(server.Folder, "appendonlydir"));
        rig.Allowances.DeclareLoss(started, rig.Ledger.Count);
        rig.Journal.Note("restore", "in place of what Redis had");
        await server.StartAgainAsync(cancellationToken);
        await rig.RecoverAsync("restore", cancellationToken);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
