namespace Streamgauge.Streams;

/// <summary>What survives a restart or a power cut. Counts and stream always survive together; the question is how much of both.</summary>
internal static class PersistenceChecks
{
    private static readonly TimeSpan SnapshotAgeMax = TimeSpan.FromDays(1);

    public static async Task<Finding> AppendOnlyAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.InfoAsync("aof_enabled", cancellationToken) == "1") return Finding.Ok("append-only file on");
        var repair = server.Repair.Config("appendonly", "yes");
        return await server.ConfigAsync("save", cancellationToken) is { Length: > 0 } save
            ? Finding.Warn($"append-only file off, snapshots by 'save {save}'", "A restart goes back to the last snapshot: events since then are lost, together with their counts.", repair)
            : Finding.Fail("append-only file off, no snapshots", "A restart loses the stream and all counts.", repair);
    }

    public static async Task<Finding> FsyncAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.InfoAsync("aof_enabled", cancellationToken) != "1") return Finding.Ok("no append-only file to write");
        return await server.ConfigAsync("appendfsync", cancellationToken) switch
        {
            "always" => Finding.Ok("always: what was accepted survives a power cut"),
            "everysec" => Finding.Ok("everysec: a power cut may lose the last two seconds"),
            var other => Finding.Warn($"appendfsync {other}", "The kernel decides when to write: a power cut may lose half a minute of accepted events with their counts.", server.Repair.Config("appendfsync", "everysec")),
        };
    }

    public static async Task<Finding> AppendOnlyWritesAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.InfoAsync("aof_enabled", cancellationToken) != "1") return Finding.Ok("no append-only file to write");
        if (await server.InfoAsync("aof_last_write_status", cancellationToken) is not ("ok" or ""))
        {
            var folder = await server.ConfigAsync("dir", cancellationToken);
            return Finding.Fail("the last write failed", $"Redis refuses writes until {folder} has room again, and then goes on by itself. See what fills it:", $"df -h {RepairCommands.Quote(folder)}");
        }

        return await server.InfoAsync("aof_last_bgrewrite_status", cancellationToken) is "ok" or ""
            ? Finding.Ok("writes and rewrites succeed")
            : Finding.Warn("the last rewrite failed", "The file grows without end, and so does the time of a restart. Redis's log names the cause: most often no memory to fork or no room on disk.", server.Repair.Redis("BGREWRITEAOF"));
    }

    public static async Task<Finding> TornFileAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.InfoAsync("aof_enabled", cancellationToken) != "1") return Finding.Ok("no append-only file to tear");
        return await server.ConfigAsync("aof-load-truncated", cancellationToken) is "no" or ""
            ? Finding.Ok("a torn append-only file is refused at start")
            : Finding.Warn(
                "a torn append-only file is loaded (aof-load-truncated yes)",
                "A crash can cut the file inside a commit; Redis then drops only a part of it, and after one more restart counts twice or forgets later writes. " +
                "With 'no' it refuses to start on such a file until `redis-check-aof --fix appendonlydir/appendonly.aof.manifest` has cut it back to its last whole commit: best run before every start.",
                server.Repair.Config("aof-load-truncated", "no"));
    }

    public static async Task<Finding> SnapshotAsync(Examination server, CancellationToken cancellationToken)
    {
        var rules = await server.ConfigAsync("save", cancellationToken);
        if (await server.InfoAsync("rdb_last_bgsave_status", cancellationToken) is not ("ok" or ""))
        {
            var folder = await server.ConfigAsync("dir", cancellationToken);
            var repair = server.Repair.Redis("BGSAVE");
            var stops = rules.Length > 0 && await server.ConfigAsync("stop-writes-on-bgsave-error", cancellationToken) == "yes";
            return stops
                ? Finding.Fail("the last snapshot failed", $"Redis refuses all writes (MISCONF) until one succeeds. Make sure {folder} can be written, then:", repair)
                : Finding.Warn("the last snapshot failed", $"Backups and new replicas need snapshots. Make sure {folder} can be written, then:", repair);
        }

        if (rules.Length == 0) return Finding.Ok("none by rule");
        var age = await RetainedStream.ReadClockAsync(await server.ConnectAsync(cancellationToken), cancellationToken) - DateTimeOffset.FromUnixTimeSeconds(await server.InfoNumberAsync("rdb_last_save_time", cancellationToken));
        var changes = await server.InfoNumberAsync("rdb_changes_since_last_save", cancellationToken);
        var seen = $"the last {Measures.Age(age)} ago, {Measures.Count(changes)} changes since";
        return age < SnapshotAgeMax || changes == 0 ? Finding.Ok(seen) : Finding.Warn(seen, "A restore would go back that far.", server.Repair.Redis("BGSAVE"));
    }
}
