using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry;

/// <summary>What the exposition says about itself and its process, with instruments like everybody else's.</summary>
internal sealed class TelemetryMetrics : IDisposable
{
    internal const string MeterName = "Streamgauge.Telemetry";

    private readonly Meter _meter;
    private readonly Counter<long> _overflowed;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _conflicted;
    private readonly Counter<long> _callbackFailures;
    private readonly Histogram<double> _pageDuration;

    public TelemetryMetrics(object scope, Func<long> countSeries)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Scope = scope });
        _overflowed = _meter.CreateCounter<long>(
            "telemetry.series.overflow", "{measurement}", "Measurements put into a series overflow=\"true\" because their instrument has SeriesMax label sets.");
        _rejected = _meter.CreateCounter<long>(
            "telemetry.measurements.rejected", "{measurement}", "Measurements refused: a negative increment of a counter, or NaN or infinity where values add up.");
        _conflicted = _meter.CreateCounter<long>(
            "telemetry.instruments.conflicting", "{instrument}", "Instruments not exposed because their name belongs to another kind of instrument.");
        _callbackFailures = _meter.CreateCounter<long>(
            "telemetry.callback.failures", "{failure}", "Observable callbacks that threw while a page was written.");
        _pageDuration = _meter.CreateHistogram(
            "telemetry.page.duration", "s", "Time to observe and write one page.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [.0005, .001, .0025, .005, .01, .025, .1, 1] });
        _meter.CreateObservableGauge("telemetry.series", countSeries, "{series}", "Series held in memory.");
        ProcessMetrics.AddTo(_meter);
    }

    public void Overflowed() => _overflowed.Add(1);

    public void Rejected() => _rejected.Add(1);

    public void Conflicted() => _conflicted.Add(1);

    public void CallbacksFailed(int count) => _callbackFailures.Add(count);

    public void PageWritten(TimeSpan duration) => _pageDuration.Record(duration.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
