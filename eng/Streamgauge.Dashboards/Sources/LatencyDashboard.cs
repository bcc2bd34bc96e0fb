using static Streamgauge.Dashboards.PanelKind;

namespace Streamgauge.Dashboards;

/// <summary>How long everything takes: not the mean, the distribution.</summary>
internal static class LatencyDashboard
{
    public static Dashboard Create() => new(
        "streamgauge-latency", "Streamgauge: latency", "How long it takes from an event's arrival to its count, and from a question to its answer.",
        new Row(
            "From arrival to count", 4,
            new Panel(Number, "p50", Units.Seconds, "Half of the batches are counted faster than this.", new Query(Quantile(0.5, "processing_latency_seconds"), "p50")) { Alert = "ProcessingLatencyHigh" },
            new Panel(Number, "p95", Units.Seconds, "19 of 20 batches are counted faster than this.", new Query(Quantile(0.95, "processing_latency_seconds"), "p95")) { Alert = "ProcessingLatencyHigh" },
            new Panel(Number, "p99", Units.Seconds, "99 of 100 batches are counted faster than this.", new Query(Quantile(0.99, "processing_latency_seconds"), "p99")) { Alert = "ProcessingLatencyHigh" },
            new Panel(Number, "Behind", Units.Seconds, "Age of the oldest event that is not counted yet.", new Query("max(stream_lag_seconds{$target})", "lag")) { Alert = "StreamLagHigh" }),
        new Row(
            "Distribution", 10,
            new Panel(Lines, "From arrival to count", Units.Seconds, "Of each batch, measured from its oldest entry's arrival in Redis to its commit.", Quantiles("processing_latency_seconds")) { Alert = "ProcessingLatencyHigh" },
            new Panel(Heatmap, "From arrival to count", Units.Seconds, "How many batches took how long. A second band above the first is a pause: of a processor, of Redis, or of its disk.",
                new Query("sum by (le) (rate(processing_latency_seconds_bucket{$target}[$__rate_interval]))", "{{le}}"))),
        new Row(
            "Where the time goes", 8,
            new Panel(Lines, "Sending", Units.Seconds, "From sealing a send to its acknowledgement, as --durability defines it.", Quantiles("sender_duration_seconds")),
            new Panel(Lines, "Committing", Units.Seconds, "From sending a commit to its reply: the part of the latency that is Redis's.", Quantiles("commit_duration_seconds")),
            new Panel(Lines, "Behind", Units.Seconds, "Age of the oldest event that is not counted yet, pending ones included.",
                new Query("max by (stream) (stream_lag_seconds{$target})", "{{stream}}"))
            { Alert = "StreamLagHigh" }),
        new Row(
            "The API", 9,
            new Panel(Lines, "Requests", Units.Seconds, "From the arrival of a request to the end of its response, without probes and scrapes.",
                Quantiles("api_request_duration_seconds", ", route!~\"/health.*|/metrics\""))
            { Alert = "ApiLatencyHigh" },
            new Panel(Heatmap, "Requests", Units.Seconds, "How many requests took how long.",
                new Query("sum by (le) (rate(api_request_duration_seconds_bucket{$target, route!~\"/health.*|/metrics\"}[$__rate_interval]))", "{{le}}"))),
        new Row(
            "Freshness", 8,
            new Panel(Lines, "Age of what is served", Units.Seconds, "Time since the counters that the API shows were read.",
                new Query("max by (instance) (snapshot_age_seconds{$target})", "{{instance}}"))
            { Alert = "SnapshotStale" },
            new Panel(Lines, "Reading all counters", Units.Seconds, "Time of one read for the snapshot.", Quantiles("snapshot_refresh_duration_seconds")),
            new Panel(Lines, "Writing a metrics page", Units.Seconds, "Time to observe and write one page; meant to stay below 5 ms.", Quantiles("telemetry_page_duration_seconds"))));

    private static Query[] Quantiles(string histogram, string matchers = "") =>
        [new(Quantile(0.5, histogram, matchers), "p50"), new(Quantile(0.95, histogram, matchers), "p95"), new(Quantile(0.99, histogram, matchers), "p99")];

    private static string Quantile(double quantile, string histogram, string matchers = "") =>
        FormattableString.Invariant($"histogram_quantile({quantile}, sum by (le) (rate({histogram}_bucket{{$target{matchers}}}[$__rate_interval])))");
}
