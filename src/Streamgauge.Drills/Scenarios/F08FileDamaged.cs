using Streamgauge.Streams;

namespace Streamgauge.Drills;

internal sealed class F08FileDamaged : Scenario
{
    public override string Id => "F08";

    public override string Title => "the append-only file is damaged in the middle: its framing, then a number in it";

    public override string Promise => "damaged framing is refused at the start, a changed number is found by verify";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var server = rig.OwnServer;
        await Task.Delay(rig.Random.Next(300, 600), cancellationToken);
        await rig.Load!.StopAsync();
        await rig.CheckAsync("before the damage", cancellationToken);
        await server.KillAsync();
        rig.Allowances.TotalsMayFall = true; // a changed number may be a smaller one
        var path = server.AppendOnlyPath;
        var whole = await File.ReadAllBytesAsync(path, cancellationToken);

        await File.WriteAllBytesAsync(path, WithDamagedFraming(whole, rig.Random), cancellationToken);
        rig.Journal.Note("damaged-framing", await IsRefusedAsync(server, cancellationToken) ? "refused before Redis read it" : "NOT refused");
        if (server.IsRunning) rig.Findings.Add("Redis was started over a file that is damaged in the middle");
        await server.KillAsync();

        await File.WriteAllBytesAsync(path, WithChangedNumber(whole), cancellationToken);
        await server.StartAgainAsync(cancellationToken);
        var found = await new StreamVerifier(await rig.Probe.ConnectAsync(cancellationToken), rig.Keys, DrillRig.Group).RunAsync(_ => { }, cancellationToken);
        rig.Journal.Note("changed-number", $"verify found {found.Drifts.Count:N0} counters that differ");
        if (found.IsSound) rig.Findings.Add("verify did not find a number that was changed in the append-only file");
        await server.KillAsync();

        await File.WriteAllBytesAsync(path, whole, cancellationToken);
        await server.StartAgainAsync(cancellationToken);
    }

    private static async Task<bool> IsRefusedAsync(OwnServer server, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAgainAsync(cancellationToken);
            return false;
        }
        catch (OwnRedisException)
        {
            return true;
        }
    }

    /// <summary>The first byte of a MULTI in the middle third becomes another one; sound commits follow it.</summary>
    private static byte[] WithDamagedFraming(byte[] whole, Random random)
    {
        var from = random.Next(whole.Length / 3, whole.Length / 2);
        var damaged = whole.ToArray();
        damaged[from + whole.AsSpan(from).IndexOf("*1\r\n$5\r\nMULTI"u8)] = (byte)'x';
        return damaged;
    }

    /// <summary>One digit of the first amount that was added to the total becomes another one.</summary>
    private static byte[] WithChangedNumber(byte[] whole)
    {
        ReadOnlySpan<byte> field = "total_count\r\n$"u8; // HINCRBY key total_count $1 7
        var changed = whole.ToArray();
        var at = whole.AsSpan().IndexOf(field) + field.Length;
        at += whole.AsSpan(at).IndexOf((byte)'\n') + 1;
        changed[at] = changed[at] == (byte)'1' ? (byte)'2' : (byte)'1';
        return changed;
    }
}
