using System.Diagnostics.Metrics;

namespace Streamgauge.Serving;

/// <summary>The instruments of the views in memory.</summary>
internal sealed class ViewMetrics
{
    public ViewMetrics(IMeterFactory meters, ViewStore store, BucketCache cache)
    {
        var meter = meters.Create(ServingMetrics.MeterName);
        meter.CreateObservableGauge("views", () => store.Current?.Views.Count ?? 0L, "{view}", "Views that are served, the built-in ones among them.");
        meter.CreateObservableGauge("views.cells", () => cache.Cells, "{cell}", "Numbers and sketches of views in memory.");
        meter.CreateObservableCounter("views.evicted", () => cache.Evicted, "{bucket}", "Buckets of views given up for others; many a second: the budget is too small for what is asked.");
    }
}
