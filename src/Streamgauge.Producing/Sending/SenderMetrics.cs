using System.Diagnostics.Metrics;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Instruments of the senders in this process; recorded once per send, never per event.</summary>
public sealed class SenderMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Streamgauge.Producing";

    private readonly Counter<long> _events;
    private readonly Counter<long> _sends;
    private readonly Counter<long> _interruptions;
    private readonly Counter<long> _full;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _redisFull;
    private readonly Counter<long> _unconfirmed;
    private readonly Histogram<double> _duration;
    private long _bufferedBytes;
    private long _bufferedEvents;

    public SenderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("sender.events", "{event}", "Events acknowledged by Redis.");
        _sends = meter.CreateCounter<long>("sender.sends", "{send}", "Sends acknowledged, by outcome: appended, duplicate (had arrived before), gap (Redis lost earlier ones).");
        _interruptions = meter.CreateCounter<long>("sender.interruptions", "{interruption}", "Times sending broke off and was taken up again; nothing is lost by it.");
        _redisFull = meter.CreateCounter<long>("sender.redis_full", "{refusal}", "Times Redis refused events because it is full (maxmemory); they wait and are sent again.");
        _unconfirmed = meter.CreateCounter<long>("sender.unconfirmed", "{confirmation}", "Times too few replicas confirmed in time; the sends behind it are repeated.");
        _full = meter.CreateCounter<long>("sender.buffer_full", "{event}", "Events whose caller had to wait because the buffer was full.");
        _dropped = meter.CreateCounter<long>("sender.dropped", "{event}", "Events lost because the process ended before Redis acknowledged them.");
        _duration = meter.CreateHistogram<double>("sender.duration", "s", "From sealing a send to its acknowledgement.");
        meter.CreateObservableGauge("sender.buffered.size", () => Volatile.Read(ref _bufferedBytes), "By", "Memory of events not acknowledged yet.");
        meter.CreateObservableGauge("sender.buffered", () => Volatile.Read(ref _bufferedEvents), "{event}", "Events in memory, not acknowledged yet.");
        Spool = new SpoolMetrics(meter);
        Conditions = new ConditionMetrics(meter, "sender");
        foreach (var outcome in Enum.GetValues<AppendOutcome>()) _sends.Add(0, Tag(outcome));
    }

    internal SpoolMetrics Spool { get; }

    internal ConditionMetrics Conditions { get; }

    /// <param name="seconds">Since it was sealed; null when it was in the spool for a part of that.</param>
    internal void Acknowledged(SequencedAppend append, double? seconds)
    {
        _events.Add(append.Count);
        _sends.Add(1, Tag(append.Outcome));
        if (seconds is { } known) _duration.Record(known);
    }

    internal void RedisFull() => _redisFull.Add(1);

    internal void Unconfirmed() => _unconfirmed.Add(1);

    internal void Interrupted() => _interruptions.Add(1);

    internal void Dropped(long events) => _dropped.Add(events);

    internal void BufferFull() => _full.Add(1);

    internal void Buffered(int bytes, int events)
    {
        Interlocked.Add(ref _bufferedBytes, bytes);
        Interlocked.Add(ref _bufferedEvents, events);
    }

    /// <summary>Value of the label <c>outcome</c>.</summary>
    internal static string NameOf(AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.Appended => "appended",
        AppendOutcome.Duplicate => "duplicate",
        _ => "gap",
    };

    private static KeyValuePair<string, object?> Tag(AppendOutcome outcome) => new("outcome", NameOf(outcome));
}
