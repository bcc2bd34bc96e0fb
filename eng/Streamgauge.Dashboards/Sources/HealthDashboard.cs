using static Streamgauge.Dashboards.PanelKind;

namespace Streamgauge.Dashboards;

/// <summary>Whether the gauge can be trusted, at a glance; then each part.</summary>
internal static class HealthDashboard
{
    private const string ApiRequests = "api_request_duration_seconds_count{$target, route!~\"/health.*|/metrics\"}";

    public static Dashboard Create() => new("streamgauge-health", "Streamgauge: system health", "Whether the numbers can be trusted, and what is wrong when they cannot.", [Trust, Errors, Audits, Counting, Api, .. HealthOfParts.Rows]);

    private static Row Trust => new(
        "Can it be trusted?", 5,
        new Panel(Table, "Alerts that fire", Units.Number, "Each has a page in docs/runbooks that says what to do.",
            new Query("ALERTS{alertstate=\"firing\", stream=~\"$stream\"}", "{{alertname}}") { EmptyBecause = "no alert fires" })
        { Width = 8 },
        new Panel(Table, "Conditions", Units.Seconds, "What is the case with Redis or the group, and for how long; docs/conditions.md explains each.",
            new Query("max by (role, condition) (redis_condition_age_seconds{$target}) > 0", "{{role}}: {{condition}}") { EmptyBecause = "no condition holds" })
        { Width = 6 },
        new Panel(Number, "Redis", Units.Number, "1 while the API can read its counters.", new Query("min(redis_up{$target})", "up")) { AlertAtZero = "RedisDown" },
        new Panel(Number, "Counters that differ", Units.Number, "Of the last audit: the retained stream counted again and compared.", new Query("max(audit_drift{$target})", "drift")) { Alert = "CountersDrift" },
        new Panel(Number, "Unaccounted entries", Units.Number, "Of the last audit: neither counted, dead-lettered, lost, pending nor undelivered.", new Query("max(abs(audit_unaccounted{$target}))", "entries")) { Alert = "EntriesUnaccounted" },
        new Panel(Number, "Last audit", Units.Seconds, "Time since an audit came to a result.", new Query("min(audit_age_seconds{$target})", "ago")),
        new Panel(Number, "Lost entries", Units.Number, "Entries somebody removed before they were counted, in the time shown.", new Query("sum(increase(entries_lost_total{$target}[$__range]))", "lost")) { Alert = "EntriesLost" });

    private static Row Errors => new(
        "Errors", 8,
        new Panel(Lines, "Dead letters", Units.EventsPerSecond, "Entries and events per second that could not be counted, by reason.",
            new Query("sum by (reason) (rate(dead_letters_total{$target}[$__rate_interval]))", "{{reason}}"))
        { Alert = "DeadLettersGrowing" },
        new Panel(Lines, "Conditions met", Units.OperationsPerSecond, "Conditions that began, per second.",
            new Query("sum by (condition) (rate(redis_conditions_total{$target}[$__rate_interval])) > 0", "{{condition}}") { EmptyBecause = "no condition began" }),
        new Panel(Lines, "Inexact and repeated", Units.Number, "Increments that could not be applied, and entries that were delivered again although counted (and refused).",
            new Query("max by (stream) (counters_residue{$target})", "not applied {{stream}}"),
            new Query("max by (stream) (entries_repeated{$target})", "delivered again {{stream}}")),
        new Panel(Lines, "Dead letters dealt with", Units.Number, "Ever retried, and ever dropped by somebody.",
            new Query("max by (stream) (dead_letters_retried{$target})", "retried {{stream}}"),
            new Query("max by (stream) (dead_letters_dropped{$target})", "dropped {{stream}}")));

    private static Row Audits => new(
        "Audits", 6,
        new Panel(Lines, "Outcomes", Units.Number, "Audits in the time of one point, by outcome.", new Query("sum by (outcome) (increase(audits_total{$target}[$__rate_interval]))", "{{outcome}}")) { IsStacked = true },
        new Panel(Lines, "Duration", Units.Seconds, "How long the last one took.", new Query("max by (stream) (audit_duration_seconds{$target})", "{{stream}}")),
        new Panel(Lines, "Buckets", Units.Number, "Buckets it compared.", new Query("max by (stream) (audit_buckets{$target})", "{{stream}}")));

    private static Row Counting => new(
        "Counting", 8,
        new Panel(Lines, "Consumer lag", Units.Number, "Entries that wait to be handed out. One processor more shortens it, unless Redis is busy.",
            new Query("max by (stream) (consumer_group_lag{$target})", "{{stream}}")),
        new Panel(Lines, "Behind", Units.Seconds, "Age of the oldest event that is not counted yet.", new Query("max by (stream) (stream_lag_seconds{$target})", "{{stream}}")) { Alert = "StreamLagHigh" },
        new Panel(Lines, "Pending", Units.Number, "Entries each consumer holds uncommitted: the batches in hand.", new Query("sum by (consumer) (consumer_group_pending{$target})", "{{consumer}}")) { IsStacked = true },
        new Panel(Lines, "Longest pending", Units.Seconds, "Time since the oldest pending entry was handed out.", new Query("max by (stream) (consumer_group_pending_idle_seconds{$target})", "{{stream}}")) { Alert = "PendingStuck" },
        new Panel(Lines, "Taken over", Units.OperationsPerSecond, "Entries claimed from silent consumers, entries a commit found no longer its own, and connections that ended.",
            new Query("sum(rate(entries_claimed_total{$target}[$__rate_interval]))", "claimed"),
            new Query("sum(rate(commit_missing_total{$target}[$__rate_interval]))", "no longer ours"),
            new Query("sum by (outcome) (rate(processor_epochs_total{$target}[$__rate_interval]))", "ended: {{outcome}}")));

    private static Row Api => new(
        "API", 8,
        new Panel(Lines, "Requests", Units.RequestsPerSecond, "By route, without probes and scrapes.", new Query($"sum by (route) (rate({ApiRequests}[$__rate_interval]))", "{{route}}")) { IsStacked = true },
        new Panel(Lines, "Failed requests", Units.Ratio, "Share answered with 5xx; the objective allows 0.001.",
            new Query("stream:api_request_errors:ratio_rate5m{stream=~\"$stream\"}", "5 minutes {{stream}}"),
            new Query("stream:api_request_errors:ratio_rate1h{stream=~\"$stream\"}", "1 hour {{stream}}"))
        { Alert = "ApiErrorBudgetBurnFast" },
        new Panel(Lines, "p99", Units.Seconds, "99 of 100 requests are answered faster than this.", new Query("stream:api_request_duration_seconds:p99_5m{stream=~\"$stream\"}", "{{stream}}")) { Alert = "ApiLatencyHigh" },
        new Panel(Lines, "By status", Units.RequestsPerSecond, "Answers per second, by status code.", new Query($"sum by (status) (rate({ApiRequests}[$__rate_interval]))", "{{status}}")) { IsStacked = true },
        new Panel(Lines, "Live clients", Units.Number, "Clients that follow a view over /v1/stream.", new Query("sum by (instance) (live_clients{$target})", "{{instance}}")));
}
