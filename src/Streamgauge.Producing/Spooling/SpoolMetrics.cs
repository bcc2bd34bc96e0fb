using System.Diagnostics.Metrics;

namespace Streamgauge.Producing;

/// <summary>Instruments of the spool of this process.</summary>
internal sealed class SpoolMetrics
{
    private readonly Counter<long> _written;
    private readonly Counter<long> _replayed;
    private readonly Counter<long> _full;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _torn;
    private long _bytes;
    private long _bytesMax; // 0: no spool
    private long _events;
    private long _records;
    private long _segments;
    private long _oldestAtMs; // 0: nothing there

    public SpoolMetrics(Meter meter)
    {
        _written = meter.CreateCounter<long>("sender.spool.written", "{event}", "Events written to the spool.");
        _replayed = meter.CreateCounter<long>("sender.spool.replayed", "{event}", "Events read back from the spool and acknowledged by Redis.");
        _full = meter.CreateCounter<long>("sender.spool.full", "{event}", "Events whose caller had to wait because the spool was full or took nothing.");
        _failures = meter.CreateCounter<long>("sender.spool.failures", "{failure}", "Writes to the spool that failed; what they held stays in memory.");
        _torn = meter.CreateCounter<long>("sender.spool.torn", "{record}", "Records that a killed process did not write to their end, cut off at the next start.");
        meter.CreateObservableGauge("sender.spool.size", () => Volatile.Read(ref _bytes), "By", "Size of the spool's files.");
        meter.CreateObservableGauge("sender.spool.max", () => Volatile.Read(ref _bytesMax), "By", "Bound of the spool's files; 0 without a spool.");
        meter.CreateObservableGauge("sender.spool.events", () => Volatile.Read(ref _events), "{event}", "Events in the spool, not acknowledged yet.");
        meter.CreateObservableGauge("sender.spool.records", () => Volatile.Read(ref _records), "{record}", "Sends in the spool, not acknowledged yet.");
        meter.CreateObservableGauge("sender.spool.segments", () => Volatile.Read(ref _segments), "{file}", "Files of the spool.");
        meter.CreateObservableGauge("sender.spool.age", Age, "s", "Age of the oldest file of the spool; 0 when there is none.");
    }

    internal void Written(int events) => _written.Add(events);

    internal void Replayed(int events) => _replayed.Add(events);

    internal void Full() => _full.Add(1);

    internal void Failed() => _failures.Add(1);

    internal void Bounded(long bytesMax) => Volatile.Write(ref _bytesMax, bytesMax);

    internal void Torn() => _torn.Add(1);

    internal void Holds(long bytes, long events, long records, int segments, long? oldestAtMs)
    {
        Volatile.Write(ref _bytes, bytes);
        Volatile.Write(ref _events, events);
        Volatile.Write(ref _records, records);
        Volatile.Write(ref _segments, segments);
        Volatile.Write(ref _oldestAtMs, oldestAtMs ?? 0);
    }

    private double Age() => Volatile.Read(ref _oldestAtMs) is > 0 and var at ? Math.Max(0, (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - at) / 1000.0) : 0;
}
