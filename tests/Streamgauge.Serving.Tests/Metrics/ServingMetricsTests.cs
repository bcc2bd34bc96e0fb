using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

public sealed class ServingMetricsTests
{
    [Fact]
    public async Task Every_instrument_reports_what_it_says()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (var connection = await redis.ConnectAsync())
            await connection.ExecuteAsync(["HSET", "{events}:aggregates", "total_count", "12", "type:click:count", "12"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        using var listener = new MeterListener();
        var seen = new ConcurrentDictionary<string, (double Value, string? Tag, Instrument Instrument)>();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == ServingMetrics.MeterName && instrument.Meter.Scope == meters) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[instrument.Name] = (value, tags.Length == 0 ? null : $"{tags[0].Key}={tags[0].Value}", instrument));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = (value, null, instrument));
        listener.Start();
        await Eventually.Async(() => seen.ContainsKey("snapshot.refresh.duration"), "a refresh is recorded");
        listener.RecordObservableInstruments();

        Assert.Equal((12d, "event_type=click"), (seen["event_type.count"].Value, seen["event_type.count"].Tag));
        Assert.IsType<ObservableGauge<long>>(seen["event_type.count"].Instrument);
        Assert.Equal((12d, "event_type=click"), (seen["events.by_type"].Value, seen["events.by_type"].Tag));
        Assert.True(double.IsNaN(seen["consumer_group.lag"].Value), "there is no group, so nobody knows");
        Assert.Equal(1, seen["redis.up"].Value);
        Assert.Equal(0, seen["stream.lag"].Value);
        Assert.InRange(seen["snapshot.age"].Value, 0, 60);
        Assert.All((string[])["snapshot.age", "stream.lag", "snapshot.refresh.duration"], name => Assert.Equal("s", seen[name].Instrument.Unit));

        redis.Kill();
        await Eventually.Async(() => seen.ContainsKey("snapshot.refresh.failures"), "the failure is counted");
        await Eventually.Async(
            () =>
            {
                listener.RecordObservableInstruments();
                return seen["redis.up"].Value == 0;
            },
            "redis.up falls to 0");
    }

    [Fact]
    public async Task The_most_frequent_products_have_a_series_and_the_others_are_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (var connection = await redis.ConnectAsync())
            await connection.ExecuteAsync(["HSET", "{events}:aggregates", "total_count", "16", "product:laptop:count", "9", "product:phone:count", "4", "product:mouse:count", "1", "product:(other):count", "2"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.ProductSeriesMax = 2);
        using var listener = new MeterListener();
        var seen = new ConcurrentDictionary<string, long>();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == ServingMetrics.MeterName && instrument.Meter.Scope == meters) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[$"{instrument.Name} {(tags.Length == 0 ? "" : tags[0].Value)}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(["laptop 9", "phone 4", "(other) 2"], Shown("product.count "));
        Assert.Equal(Shown("product.count "), Shown("events.by_product "));
        Assert.Equal(1, seen["products.without_series "]);

        List<string> Shown(string instrument) => [.. seen.Where(pair => pair.Key.StartsWith(instrument, StringComparison.Ordinal)).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key[instrument.Length..]} {pair.Value}")];
    }
}
