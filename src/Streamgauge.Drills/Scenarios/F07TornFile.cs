namespace Streamgauge.Drills;

internal sealed class F07TornFile : Scenario
{
    private const int Cuts = 12;

    public override string Id => "F07";

    public override string Title => "the append-only file is torn within a commit, and Redis restarts twice over it";

    public override string Promise => "the torn commit is made again, once, whatever byte it was cut at";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await Task.Delay(rig.Random.Next(200, 600), cancellationToken);
        await rig.Load!.StopAsync();
        await rig.CheckAsync("before the crash", cancellationToken);
        await server.KillAsync();
        rig.Allowances.TotalsMayFall = true; // every cut begins with the same file again
        var path = server.AppendOnlyPath;
        var whole = await File.ReadAllBytesAsync(path, cancellationToken);
        var (start, end) = AppendOnlyLog.FindLastBlock(whole, "XACK"u8);
        for (var i = 0; i < Cuts && rig.Findings.Count == 0; i++)
        {
            var cut = start + rig.Random.Next(1, end - start);
            await File.WriteAllBytesAsync(path, whole[..cut], cancellationToken);
            await server.StartAgainAsync(cancellationToken);
            await rig.RecoverAsync("torn-file", cancellationToken);
            await server.KillAsync();
            await server.StartAgainAsync(cancellationToken);
            await rig.RecoverAsync("redis-restart", cancellationToken);
            rig.Journal.Note("torn-file", $"cut at byte {cut - start} of {end - start} of the last commit, started, killed, started");
            await rig.CheckAsync($"cut at byte {cut - start} of {end - start}", cancellationToken);
            await server.KillAsync();
        }

        await server.StartAgainAsync(cancellationToken);
    }
}
