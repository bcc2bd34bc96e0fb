using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry;

/// <summary>What became of the spans of this process.</summary>
internal sealed class TraceMetrics
{
    public const string QueueFull = "queue_full";
    public const string NotDelivered = "not_delivered";

    private readonly Counter<long> _exported;
    private readonly Counter<long> _dropped;

    public TraceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryMetrics.MeterName);
        _exported = meter.CreateCounter<long>("traces.spans.exported", "{span}", "Spans the collector took.");
        _dropped = meter.CreateCounter<long>("traces.spans.dropped", "{span}", "Spans given up, by reason.");
        foreach (var reason in (string[])[QueueFull, NotDelivered]) Dropped(0, reason);
    }

    public void Exported(long spans) => _exported.Add(spans);

    public void Dropped(long spans, string reason) => _dropped.Add(spans, new KeyValuePair<string, object?>("reason", reason));
}
