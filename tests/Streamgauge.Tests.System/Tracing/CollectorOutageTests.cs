using System.Globalization;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System.Tracing;

/// <summary>A collector that is away or slow costs spans and nothing else.</summary>
public sealed class CollectorOutageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Spans_for_a_collector_that_is_away_are_counted_said_once_and_everything_is_counted()
    {
        await using var gone = await OtlpReceiver.StartAsync();
        var environment = gone.Environment();
        await gone.DisposeAsync();
        await using var up = await UpProcess.StartAsync(_folder, environment, "--rate", "2000");
        await up.WaitUntilCountedAsync(4_000);
        await Eventually.Async(async () => await DroppedAsync(up, "not_delivered") > 100, "spans are given up, and counted");
        await up.StopAsync();
        Assert.Equal(1, up.Errors.Split("\"EventId\":5001,").Length - 1);
    }

    [Fact]
    public async Task Spans_beyond_the_queue_of_a_collector_that_stalls_are_counted_and_stopping_does_not_wait_for_it()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        collector.Stall();
        var environment = collector.Environment();
        environment["OTEL_BSP_MAX_QUEUE_SIZE"] = "50";
        environment["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = "10";
        await using var up = await UpProcess.StartAsync(_folder, environment, "--rate", "2000");
        await up.WaitUntilCountedAsync(4_000);
        await Eventually.Async(async () => await DroppedAsync(up, "queue_full") > 100, "spans are given up, and counted");
        await up.StopAsync(); // bounded by itself
    }

    private static async Task<double> DroppedAsync(UpProcess up, string reason) =>
        double.Parse((await up.GetMetricsAsync()).Split($"traces_spans_dropped_total{{reason=\"{reason}\"}} ")[1].Split('\n')[0], CultureInfo.InvariantCulture);
}
