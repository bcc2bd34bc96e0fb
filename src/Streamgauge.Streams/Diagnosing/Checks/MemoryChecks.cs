using System.Globalization;

namespace Streamgauge.Streams;

/// <summary>Memory: nothing may be evicted, there must be a bound, and room below it.</summary>
internal static class MemoryChecks
{
    private const double UsedWarn = 0.8;
    private const double UsedFail = 0.95;
    private const double FragmentationWarn = 1.5;
    private const long FragmentationBytesWarn = 256L << 20;
    private const long BoundMin = 64L << 20;
    private static readonly Version ClientEvictionBroken = new(7, 2); // CVE-2026-23479: 7.2.0 to 8.6.2
    private static readonly Version ClientEvictionFixed = new(8, 6, 3);

    public static async Task<Finding> EvictionAsync(Examination server, CancellationToken cancellationToken)
    {
        var policy = await server.InfoAsync("maxmemory_policy", cancellationToken);
        return policy is "noeviction" or ""
            ? Finding.Ok("noeviction")
            : Finding.Fail(policy, "Redis may evict the stream or the counts when it is full.", server.Repair.Config("maxmemory-policy", "noeviction"));
    }

    public static async Task<Finding> BoundAsync(Examination server, CancellationToken cancellationToken)
    {
        var bound = await server.InfoNumberAsync("maxmemory", cancellationToken);
        if (bound > 0) return Finding.Ok($"maxmemory {Measures.Megabytes(bound)}");
        var used = await server.InfoNumberAsync("used_memory", cancellationToken);
        var machine = await server.InfoNumberAsync("total_system_memory", cancellationToken);
        return Finding.Warn(
            "no maxmemory", "The kernel ends Redis when the machine is full; at a bound, new events are refused to their senders and counting goes on.",
            server.Repair.Config("maxmemory", Measures.Setting(Math.Max(Math.Max(BoundMin, 2 * used), machine * 6 / 10))));
    }

    public static async Task<Finding> UsedAsync(Examination server, CancellationToken cancellationToken)
    {
        var used = await server.InfoNumberAsync("used_memory", cancellationToken);
        var bound = await server.InfoNumberAsync("maxmemory", cancellationToken);
        if (bound == 0) return Finding.Ok($"{Measures.Megabytes(used)} used, without a bound");
        var share = (double)used / bound;
        var seen = string.Create(CultureInfo.InvariantCulture, $"{Measures.Megabytes(used)} of {Measures.Megabytes(bound)} used, {share * 100:0} %");
        if (share < UsedWarn) return Finding.Ok(seen);
        var repair = server.Repair.Config("maxmemory", Measures.Setting(Math.Max(BoundMin, 2 * used)));
        return share < UsedFail
            ? Finding.Warn(seen, "At 100 % new events are refused. Raise the bound if the machine has room, or keep less (--retain, --retain-bytes, views' retention).", repair)
            : Finding.Fail(seen, "New events are refused, or are about to be; counting goes on. Raise the bound if the machine has room, or keep less (--retain, --retain-bytes, views' retention).", repair);
    }

    public static async Task<Finding> FragmentationAsync(Examination server, CancellationToken cancellationToken)
    {
        _ = double.TryParse(await server.InfoAsync("mem_fragmentation_ratio", cancellationToken), CultureInfo.InvariantCulture, out var ratio);
        var lost = await server.InfoNumberAsync("mem_fragmentation_bytes", cancellationToken);
        var resident = await server.InfoNumberAsync("used_memory_rss", cancellationToken);
        var seen = string.Create(CultureInfo.InvariantCulture, $"{Measures.Megabytes(resident)} resident, {ratio:0.0} times what is used");
        return ratio < FragmentationWarn || lost < FragmentationBytesWarn
            ? Finding.Ok(seen)
            : Finding.Warn(seen, $"{Measures.Megabytes(lost)} are held and not used; maxmemory does not count them, the kernel does.", server.Repair.Redis("MEMORY", "PURGE"));
    }

    public static async Task<Finding> ClientEvictionAsync(Examination server, CancellationToken cancellationToken)
    {
        var bound = await server.ConfigAsync("maxmemory-clients", cancellationToken);
        if (bound is "0" or "") return Finding.Ok("clients are not evicted");
        var isBroken = Version.TryParse(await server.InfoAsync("redis_version", cancellationToken), out var version) && version >= ClientEvictionBroken && version < ClientEvictionFixed;
        return isBroken
            ? Finding.Fail($"maxmemory-clients {bound} on Redis {version}", "Evicting a client that waits in a blocking read, as processors do, is a use after free there (CVE-2026-23479, fixed in 8.6.3).", server.Repair.Config("maxmemory-clients", "0"))
            : Finding.Warn($"maxmemory-clients {bound}", "Redis may close a processor's or a sender's connection in the middle of a batch.", server.Repair.Config("maxmemory-clients", "0"));
    }
}
