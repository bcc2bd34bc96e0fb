using static Streamgauge.Dashboards.PanelKind;

namespace Streamgauge.Dashboards;

/// <summary>How much comes in and is counted, now and against before.</summary>
internal static class ThroughputDashboard
{
    public static Dashboard Create() => new(
        "streamgauge-throughput", "Streamgauge: throughput", "How many events come in and are counted, and where that is going.",
        new Row(
            "Now", 4,
            new Panel(Number, "Counted", Units.EventsPerSecond, "Events counted and committed per second, by all processors.",
                new Query("sum(rate(events_processed_total{$target}[$__rate_interval]))", "counted")),
            new Panel(Number, "Sent", Units.EventsPerSecond, "Events of our senders that Redis acknowledged per second. Clients that XADD by themselves are not in it.",
                new Query("sum(rate(sender_events_total{$target}[$__rate_interval]))", "sent")),
            new Panel(Number, "Against the last hour", Units.Ratio, "Events counted in the last minute against the mean of the last hour: 0 is as always, -1 is nothing.",
                new Query("sum(stream:events_processed:rate1m{stream=~\"$stream\"}) / sum(stream:events_processed:rate1h{stream=~\"$stream\"}) - 1", "change")),
            new Panel(Number, "Ever counted", Units.Number, "Events counted since the stream began.",
                new Query("sum(max by (stream, event_type) (events_by_type_total{$target}))", "events")),
            new Panel(Number, "Waiting", Units.Number, "Entries in the stream that no processor has been handed yet; a frame is one entry. No number while nobody knows.",
                new Query("sum(max by (stream) (consumer_group_lag{$target}))", "entries")),
            new Panel(Number, "Behind", Units.Seconds, "Age of the oldest event that is not counted yet.",
                new Query("max(stream_lag_seconds{$target})", "lag"))
            { Alert = "StreamLagHigh" }),
        new Row(
            "Trend", 9,
            new Panel(Lines, "Events per second", Units.EventsPerSecond, "What comes in and what is counted. Where the lines part, the stream grows or shrinks.",
                new Query("sum by (stream) (rate(events_processed_total{$target}[$__rate_interval]))", "counted {{stream}}"),
                new Query("sum by (stream) (rate(sender_events_total{$target}[$__rate_interval]))", "sent {{stream}}")),
            new Panel(Lines, "Trend", Units.EventsPerSecond, "The last minute, the mean of the hour before each moment, and the same moment yesterday.",
                new Query("stream:events_processed:rate1m{stream=~\"$stream\"}", "minute {{stream}}"),
                new Query("stream:events_processed:rate1h{stream=~\"$stream\"}", "hour {{stream}}"),
                new Query("stream:events_processed:rate1h{stream=~\"$stream\"} offset 1d", "yesterday {{stream}}") { EmptyBecause = "there is no yesterday on the first day" })),
        new Row(
            "Who does it", 8,
            new Panel(Lines, "Counted by process", Units.EventsPerSecond, "How the work is shared. One that falls to zero while others go on has no work, or stands still.",
                new Query("sum by (instance) (rate(events_processed_total{$target}[$__rate_interval]))", "{{instance}}"))
            { IsStacked = true },
            new Panel(Lines, "Sent by process", Units.EventsPerSecond, "Where events come from.",
                new Query("sum by (instance) (rate(sender_events_total{$target}[$__rate_interval]))", "{{instance}}"))
            { IsStacked = true },
            new Panel(Lines, "Batches", Units.Number, "Events per stream entry (frames hold many), and entries per commit. Both grow with the load, which is why it costs less than it seems.",
                new Query("sum(rate(events_processed_total{$target}[$__rate_interval])) / sum(rate(entries_processed_total{$target}[$__rate_interval]))", "events per entry"),
                new Query("sum(rate(entries_processed_total{$target}[$__rate_interval])) / sum(rate(commit_duration_seconds_count{$target}[$__rate_interval]))", "entries per commit"))),
        new Row(
            "The stream", 8,
            new Panel(Lines, "Entries", Units.Number, "Entries kept, counted ones among them, and those that wait.",
                new Query("max by (stream) (stream_length{$target})", "kept {{stream}}"),
                new Query("max by (stream) (consumer_group_lag{$target})", "waiting {{stream}}")),
            new Panel(Lines, "Size", Units.Bytes, "Memory of the stream in Redis. Counted entries go when they are older than --retain or beyond --retain-bytes.",
                new Query("max by (stream) (stream_size_bytes{$target})", "{{stream}}")),
            new Panel(Lines, "Trimmed", Units.OperationsPerSecond, "Counted entries removed per second: in the long run as many as come.",
                new Query("sum by (stream) (rate(stream_trimmed_total{$target}[$__rate_interval]))", "{{stream}}"))));
}
