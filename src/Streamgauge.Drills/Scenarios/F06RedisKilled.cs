namespace Streamgauge.Drills;

internal sealed class F06RedisKilled : Scenario
{
    private const int Crashes = 3;
    private const int NotedBeforeMs = 1_000; // and Redis may write up to a second later than that when the disk is slow

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F06";

    public override string Title => "Redis is killed under load; with fsync every second, the power is cut as well";

    public override string Promise => "fsync always: 0 lost; everysec: at most the last 2 s, counts and events together; 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await DrillRig.UntilAsync(async () => await rig.Probe.TryReadTotalAsync(cancellationToken) > 0, "there is a commit to tear", Bound, cancellationToken);
        for (var crash = 0; crash < Crashes; crash++)
        {
            await Task.Delay(rig.Random.Next(100, 500), cancellationToken);
            await server.KillAsync();
            TearTail(rig, server);
            await server.StartAgainAsync(cancellationToken);
            await rig.RecoverAsync("redis-restart", cancellationToken);
        }

        await server.ConfigureAsync("appendfsync", "everysec", cancellationToken);
        await Task.Delay(rig.Random.Next(100, 500), cancellationToken);
        var noted = new FileInfo(server.AppendOnlyPath).Length;
        await Task.Delay(rig.Random.Next(NotedBeforeMs), cancellationToken);
        await server.KillAsync();
        rig.Allowances.DeclareLoss(Allowances.Ago(DrillLimits.EverySecondLoss), rig.Ledger.Count);
        var cut = Truncate(server.AppendOnlyPath, noted);
        rig.Journal.Note("power-cut", $"the append-only file lost its last {cut:N0} bytes");
        await server.StartAgainAsync(cancellationToken);
        await rig.RecoverAsync("power-cut", cancellationToken);
    }

    /// <summary>Adds the beginning of a write that was under way and never acknowledged.</summary>
    private static void TearTail(DrillRig rig, OwnServer server)
    {
        var file = File.ReadAllBytes(server.AppendOnlyPath);
        var (start, end) = AppendOnlyLog.FindLastBlock(file, "XACK"u8);
        var torn = file.AsSpan(start, rig.Random.Next(1, end - start));
        using var output = new FileStream(server.AppendOnlyPath, FileMode.Append);
        output.Write(torn);
        rig.Journal.Note("redis-restart", $"killed, and {torn.Length} bytes of a write stand torn at the end of its file");
    }

    private static long Truncate(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open);
        var cut = file.Length - length;
        file.SetLength(length);
        return cut;
    }
}
