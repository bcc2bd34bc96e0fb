using System.Diagnostics.Metrics;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Redis and the group as the watch saw them last. While Redis does not answer nothing is reported: what was true before need not be true now.</summary>
internal sealed class WatchMetrics
{
    private Seen? _seen;

    public WatchMetrics(Meter meter)
    {
        Gauge("redis.memory.used", "By", "Memory Redis uses.", seen => seen.Server.MemoryBytes);
        Gauge("redis.memory.max", "By", "Redis's maxmemory; 0 for no limit.", seen => seen.Server.MemoryBytesMax);
        Gauge("redis.evicted.keys", "{key}", "Keys Redis evicted since it started; above 0 counts may be gone.", seen => seen.Server.EvictedKeys);
        Gauge("redis.clock.offset", "s", "Redis's clock minus ours.", seen => seen.ClockOffset.TotalSeconds);
        Gauge("redis.start_time", "s", "Start of Redis since the Unix epoch, by its own clock.", seen => seen.Server.StartedAt.ToUnixTimeMilliseconds() / 1000.0);
        Gauge("redis.clients", "{client}", "Connections of clients to Redis, ours among them.", seen => seen.Server.Clients);
        Gauge("redis.clients.max", "{client}", "Redis's maxclients.", seen => seen.Server.ClientsMax);
        Gauge("redis.replicas", "{replica}", "Replicas connected to Redis.", seen => seen.Server.Replicas);
        Gauge("redis.aof.enabled", "1", "1 while Redis writes an append-only file, else 0.", seen => seen.Server.HasAppendOnlyFile ? 1 : 0);
        Gauge("redis.aof.write_ok", "1", "0 when the last write to the append-only file failed, else 1.", seen => seen.Server.AppendOnlyWrites ? 1 : 0);
        Gauge("redis.aof.rewrite_ok", "1", "0 when the last rewrite of the append-only file failed, else 1.", seen => seen.Server.AppendOnlyRewrites ? 1 : 0);
        Gauge("redis.snapshot_ok", "1", "0 when the last snapshot to disk failed, else 1.", seen => seen.Server.Snapshots ? 1 : 0);
        Counter("redis.commands", "{command}", "Commands Redis processed since it started.", seen => seen.Server.Commands);
        Counter("redis.clients.rejected", "{client}", "Clients Redis turned away since it started because there were as many as maxclients allows.", seen => seen.Server.ClientsRejected);
        Gauge("consumer_group.pending.idle", "s", "Longest time since an entry now pending, of the 100 oldest, was handed out.", seen => seen.Group.PendingIdle.TotalSeconds);

        void Gauge(string name, string unit, string description, Func<Seen, double> read) =>
            meter.CreateObservableGauge(name, () => Volatile.Read(ref _seen) is { } seen ? [new Measurement<double>(read(seen))] : (IEnumerable<Measurement<double>>)[], unit, description);

        void Counter(string name, string unit, string description, Func<Seen, long> read) =>
            meter.CreateObservableCounter(name, () => Volatile.Read(ref _seen) is { } seen ? [new Measurement<long>(read(seen))] : (IEnumerable<Measurement<long>>)[], unit, description);
    }

    public void Saw(ServerState server, GroupWatch group, TimeSpan clockOffset) => Volatile.Write(ref _seen, new Seen(server, group, clockOffset));

    public void SawNothing() => Volatile.Write(ref _seen, null);

    private sealed record Seen(ServerState Server, GroupWatch Group, TimeSpan ClockOffset);
}
