using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Streamgauge.Telemetry;

/// <summary>The OTLP exporter, and the books of it. Runs on the one thread of its processor.</summary>
internal sealed partial class CountingExporter(OtlpExporterOptions options, TraceMetrics metrics, ILogger logger) : OtlpTraceExporter(options)
{
    private readonly string _collector = $"{options.Endpoint.Scheme}://{options.Endpoint.Authority}"; // without user and password
    private bool _isFailing;

    /// <summary>Told how many spans were handled, whatever became of them.</summary>
    public Action<long>? Handled { get; set; }

    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var count = activityBatch.Count;
        var result = base.Export(activityBatch);
        if (result == ExportResult.Success) metrics.Exported(count);
        else metrics.Dropped(count, TraceMetrics.NotDelivered);
        Say(result != ExportResult.Success);
        Handled?.Invoke(count);
        return result;
    }

    // Once per outage: the counter tells how long it is.
    private void Say(bool isFailing)
    {
        if (isFailing && !_isFailing) Log.Fails(logger, _collector);
        if (!isFailing && _isFailing) Log.Works(logger, _collector);
        _isFailing = isFailing;
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Warning, "The collector at {Collector} takes no spans: they are dropped and counted (traces_spans_dropped_total), and nothing else suffers by it")]
        public static partial void Fails(ILogger logger, string collector);

        [LoggerMessage(5002, LogLevel.Information, "The collector at {Collector} takes spans again")]
        public static partial void Works(ILogger logger, string collector);
    }
}
