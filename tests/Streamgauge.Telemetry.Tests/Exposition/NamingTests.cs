namespace Streamgauge.Telemetry.Tests;

public sealed class NamingTests
{
    [Theory]
    [InlineData("events.processed", "{event}", "Counter", "events_processed", "events_processed_total", "")]
    [InlineData("processing.latency", "s", "Histogram", "processing_latency_seconds", "processing_latency_seconds", "seconds")]
    [InlineData("api.request.duration", "s", "Histogram", "api_request_duration_seconds", "api_request_duration_seconds", "seconds")]
    [InlineData("stream.lag", "s", "Gauge", "stream_lag_seconds", "stream_lag_seconds", "seconds")]
    [InlineData("consumer_group.pending", "{entry}", "Gauge", "consumer_group_pending", "consumer_group_pending", "")]
    [InlineData("process.cpu", "s", "Counter", "process_cpu_seconds", "process_cpu_seconds_total", "seconds")]
    [InlineData("batch.size", "By", "Histogram", "batch_size_bytes", "batch_size_bytes", "bytes")]
    [InlineData("buffer.fill", "1", "Gauge", "buffer_fill", "buffer_fill", "")]
    [InlineData("already.total", null, "Counter", "already", "already_total", "")]
    [InlineData("wait.seconds", "s", "Gauge", "wait_seconds", "wait_seconds", "seconds")]
    [InlineData("9lives:x-y", null, "Gauge", "_9lives_x_y", "_9lives_x_y", "")]
    public void Names_follow_the_documented_rule(string name, string? unit, string kind, string family, string sample, string word)
    {
        var expected = new ExposedName(family, sample, word, Enum.Parse<MetricKind>(kind));
        Assert.Equal(expected, ExposedName.Of(name, unit, expected.Kind));
    }

    [Theory]
    [InlineData("event_type.count", "Counter", "event_type_count")]
    [InlineData("event_type.count", "Gauge", "event_type_count")]
    [InlineData("dotnet.timer.count", "Gauge", "dotnet_timer_count")]
    public void Names_with_a_suffix_that_histograms_own_are_untyped_and_unchanged(string name, string kind, string exposed) =>
        Assert.Equal(new ExposedName(exposed, exposed, "", MetricKind.Untyped), ExposedName.Of(name, "{event}", Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void Event_type_count_keeps_its_name_in_both_formats()
    {
        using var bench = new Bench();
        bench.Meter.CreateCounter<long>("event_type.count", "{event}", "Events by type.").Add(3, new KeyValuePair<string, object?>("event_type", "purchase"));

        Assert.Equal("untyped", bench.Text.Types["event_type_count"]);
        Assert.Equal("unknown", bench.OpenMetrics.Types["event_type_count"]);
        Assert.Equal(3, bench.Text["event_type_count{event_type=\"purchase\"}"]);
        Assert.Equal(3, bench.OpenMetrics["event_type_count{event_type=\"purchase\"}"]);
    }

    [Theory]
    [InlineData("error.type", "error_type")]
    [InlineData("__name__", "_name__")]
    [InlineData("le", "le_")]
    [InlineData("quantile", "quantile_")]
    [InlineData("1st", "_1st")]
    [InlineData("", "_")]
    [InlineData("a\"} 1\nx", "a___1_x")]
    public void Label_names_are_sanitised_and_never_reserved(string key, string label) => Assert.Equal(label, LabelText.NameOf(key));
}
