using System.Diagnostics.Metrics;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Redis and the group as the watch saw them last.</summary>
internal sealed class WatchMetrics
{
    private ServerState? _server;
    private GroupWatch? _group;
    private double _clockOffsetSeconds;

    public WatchMetrics(Meter meter)
    {
        meter.CreateObservableGauge("redis.memory.used", () => Volatile.Read(ref _server)?.MemoryBytes ?? 0, "By", "Memory Redis uses.");
        meter.CreateObservableGauge("redis.memory.max", () => Volatile.Read(ref _server)?.MemoryBytesMax ?? 0, "By", "Redis's maxmemory; 0 for no limit.");
        meter.CreateObservableGauge("redis.evicted.keys", () => Volatile.Read(ref _server)?.EvictedKeys ?? 0, "{key}", "Keys Redis evicted since it started; above 0 counts may be gone.");
        meter.CreateObservableGauge("redis.clock.offset", () => Volatile.Read(ref _clockOffsetSeconds), "s", "Redis's clock minus ours.");
        meter.CreateObservableGauge("consumer_group.pending.idle", () => Volatile.Read(ref _group)?.PendingIdle.TotalSeconds ?? 0, "s", "Longest time since an entry now pending, of the 100 oldest, was handed out.");
    }

    public void Seen(ServerState server, GroupWatch group, TimeSpan clockOffset)
    {
        Volatile.Write(ref _server, server);
        Volatile.Write(ref _group, group);
        Volatile.Write(ref _clockOffsetSeconds, clockOffset.TotalSeconds);
    }
}
