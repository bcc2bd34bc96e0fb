using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Streamgauge.Telemetry;

/// <summary>The queue before the exporter: what finds it full is counted here, as its base class keeps that number to itself.</summary>
internal sealed class CountingProcessor : BatchActivityExportProcessor
{
    private readonly int _queueMax;
    private readonly TraceMetrics _metrics;
    private long _waiting;

    public CountingProcessor(CountingExporter exporter, BatchExportActivityProcessorOptions options, TraceMetrics metrics)
        : base(exporter, options.MaxQueueSize, options.ScheduledDelayMilliseconds, options.ExporterTimeoutMilliseconds, options.MaxExportBatchSize)
    {
        _queueMax = options.MaxQueueSize;
        _metrics = metrics;
        exporter.Handled = count => Interlocked.Add(ref _waiting, -count);
    }

    public override void OnEnd(Activity data)
    {
        if (!data.Recorded) return;
        if (Interlocked.Increment(ref _waiting) <= _queueMax)
        {
            base.OnEnd(data);
            return;
        }

        Interlocked.Decrement(ref _waiting);
        _metrics.Dropped(1, TraceMetrics.QueueFull);
    }
}
