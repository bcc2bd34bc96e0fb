using System.Diagnostics.Metrics;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Instruments of all processors in this process; recorded once per batch, never per event.</summary>
public sealed class ProcessorMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Streamgauge.Processing";

    private static readonly double[] LatencyBuckets = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];

    private readonly Counter<long> _events;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _late;
    private readonly Counter<long> _clamped;
    private readonly Counter<long> _missing;
    private readonly Counter<long> _claimed;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _epochs;
    private readonly Counter<long> _trimmed;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _commitDuration;
    private readonly List<(string Consumer, Func<long> Pending)> _workers = [];
    private long _streamLength;
    private long _streamBytes;

    public ProcessorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBuckets };
        _events = meter.CreateCounter<long>("events.processed", "{event}", "Events counted and committed.");
        _entries = meter.CreateCounter<long>("entries.processed", "{entry}", "Stream entries committed.");
        _deadLetters = meter.CreateCounter<long>("dead_letters", "{entry}", "Entries and single events moved to the dead-letter stream, by reason.");
        _late = meter.CreateCounter<long>("events.late", "{event}", "Events too late for the finest tier of a view; they count in its coarser tiers as far as those are kept, and in views of all time.");
        _clamped = meter.CreateCounter<long>("events.clamped", "{event}", "Events from the future, counted at their arrival.");
        _missing = meter.CreateCounter<long>("commit.missing", "{entry}", "Entries a commit found no longer ours: counted before, or taken over by a peer. Nothing was counted twice.");
        _claimed = meter.CreateCounter<long>("entries.claimed", "{entry}", "Entries taken over from silent consumers.");
        _lost = meter.CreateCounter<long>("entries.lost", "{entry}", "Entries trimmed by somebody else while pending; never counted.");
        _epochs = meter.CreateCounter<long>("processor.epochs", "{epoch}", "Times a worker (re)connected, by outcome of the one before.");
        _trimmed = meter.CreateCounter<long>("stream.trimmed", "{entry}", "Counted entries removed from the stream.");
        _latency = meter.CreateHistogram("processing.latency", "s", "From arrival of a batch's oldest entry in Redis to its commit.", tags: null, advice);
        _commitDuration = meter.CreateHistogram("commit.duration", "s", "From sending a commit to its reply.", tags: null, advice);
        meter.CreateObservableGauge("consumer_group.pending", ReadPending, "{entry}", "Entries this process holds uncommitted, by consumer.");
        meter.CreateObservableGauge("stream.length", () => Volatile.Read(ref _streamLength), "{entry}", "Entries in the stream.");
        meter.CreateObservableGauge("stream.size", () => Volatile.Read(ref _streamBytes), "By", "Memory of the stream.");
        Conditions = new ConditionMetrics(meter, "processor");
        Watch = new WatchMetrics(meter);
        Audits = new AuditMetrics(meter);
        foreach (var reason in EventFaults.All.Select(fault => fault.WireName()).Concat(DeadLetter.ReasonsOfEntries))
            _deadLetters.Add(0, new KeyValuePair<string, object?>("reason", reason));
        foreach (var outcome in EpochOutcomes.All) _epochs.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
    }

    internal ConditionMetrics Conditions { get; }

    internal WatchMetrics Watch { get; }

    internal AuditMetrics Audits { get; }

    internal void AddWorker(string consumer, Func<long> pending)
    {
        lock (_workers) _workers.Add((consumer, pending));
    }

    internal void Committed(EntryBatch batch, int lateCount, double latencySeconds, double commitSeconds)
    {
        _events.Add(batch.Events.Count);
        _entries.Add(batch.Count);
        if (lateCount > 0) _late.Add(lateCount);
        if (batch.Events.ClampedCount > 0) _clamped.Add(batch.Events.ClampedCount);
        DeadLettered(batch.Dead);
        _latency.Record(latencySeconds);
        _commitDuration.Record(commitSeconds);
    }

    internal void Missing(int count) => _missing.Add(count);

    internal void Recovered(int claimed, IReadOnlyList<DeadLetter> buried, int lost)
    {
        _claimed.Add(claimed);
        DeadLettered(buried);
        if (lost > 0) _lost.Add(lost);
    }

    internal void EpochEnded(string outcome) => _epochs.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void Tended(TendResult result)
    {
        _trimmed.Add(result.TrimmedEntries);
        Volatile.Write(ref _streamLength, result.StreamLength);
        Volatile.Write(ref _streamBytes, result.StreamBytes);
    }

    private void DeadLettered(IReadOnlyList<DeadLetter> letters)
    {
        foreach (var letter in letters) _deadLetters.Add(1, new KeyValuePair<string, object?>("reason", letter.Reason));
    }

    private List<Measurement<long>> ReadPending()
    {
        lock (_workers)
            return [.. _workers.Select(worker => new Measurement<long>(worker.Pending(), new KeyValuePair<string, object?>("consumer", worker.Consumer)))];
    }
}

/// <summary>How an epoch ended; values of the label <c>outcome</c>.</summary>
internal static class EpochOutcomes
{
    public const string Stopped = "stopped";
    public const string Missing = "missing";
    public const string ViewsChanged = "views_changed";
    public const string Transient = "transient";
    public const string Refused = "refused";
    public const string Failed = "failed";

    public static readonly string[] All = [Stopped, Missing, ViewsChanged, Transient, Refused, Failed];
}
