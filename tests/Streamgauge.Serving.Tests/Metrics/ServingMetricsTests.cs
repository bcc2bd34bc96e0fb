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
}
