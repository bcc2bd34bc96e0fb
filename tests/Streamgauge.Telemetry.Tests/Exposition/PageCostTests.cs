using System.Diagnostics;
using System.Diagnostics.Metrics;
using Xunit.Abstractions;

namespace Streamgauge.Telemetry.Tests;

[Collection(nameof(PageCostTests))] // measures, so nothing else may run beside it
[CollectionDefinition(nameof(PageCostTests), DisableParallelization = true)]
public sealed class PageCostTests(ITestOutputHelper output)
{
    /// <summary>What <c>docs/performance.md</c> quotes.</summary>
    [Fact]
    public void Page_of_more_series_than_any_role_has_by_default_takes_less_than_five_milliseconds()
    {
        using var bench = new Bench();
        string[] types = [.. Enumerable.Range(0, 1_000).Select(i => $"event-type-{i}")], products = [.. Enumerable.Range(0, 100).Select(i => $"product-{i}")];
        Observe("event_type.count", "event_type", types);
        Observe("product.count", "product", products);
        bench.Meter.CreateObservableCounter("events.by_type", () => Measure("event_type", types), "{event}", "Twin.");
        bench.Meter.CreateObservableCounter("events.by_product", () => Measure("product", products), "{event}", "Twin.");
        var latency = bench.Meter.CreateHistogram<double>("api.request.duration", "s", "Requests.");
        foreach (var route in Enumerable.Range(0, 20))
        {
            foreach (var status in (int[])[200, 304, 400, 404, 503]) latency.Record(.1, new("route", $"/v1/{route}"), new("status", status));
        }

        for (var i = 0; i < 50; i++) _ = bench.Text; // compiled by then
        var times = new double[41];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            bench.Exposition.Write(new System.Buffers.ArrayBufferWriter<byte>(), ExpositionFormat.OpenMetrics);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        output.WriteLine($"{bench.Text.Samples.Count} samples, {times[0]:0.00} ms at best, {times[times.Length / 2]:0.00} ms in the median");
        Assert.True(times[0] < 5, $"{times[0]:0.00} ms at best"); // the best: what others do on this machine is not ours

        void Observe(string name, string label, string[] values) => bench.Meter.CreateObservableGauge(name, () => Measure(label, values), "{event}", "Many.");

        static IEnumerable<Measurement<long>> Measure(string label, string[] values) => values.Select((value, i) => new Measurement<long>(i, new KeyValuePair<string, object?>(label, value)));
    }
}
