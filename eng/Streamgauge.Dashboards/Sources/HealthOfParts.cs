using static Streamgauge.Dashboards.PanelKind;

namespace Streamgauge.Dashboards;

/// <summary>The lower half of the health dashboard: Redis, senders, and the processes themselves.</summary>
internal static class HealthOfParts
{
    public static Row[] Rows => [Redis, RedisDisk, Senders, Spools, Live, Processes, Runtime];

    private static Row Redis => new(
        "Redis", 8,
        new Panel(Lines, "Memory", Units.Ratio, "Share of maxmemory in use. At 1 new events are refused; counting goes on.",
            new Query("max by (stream) (redis_memory_used_bytes{$target} / (redis_memory_max_bytes{$target} > 0))", "{{stream}}") { EmptyBecause = "Redis has no maxmemory" })
        { Alert = "RedisMemoryHigh" },
        new Panel(Lines, "Memory used", Units.Bytes, "What Redis uses, and its bound.",
            new Query("max by (stream) (redis_memory_used_bytes{$target})", "used {{stream}}"),
            new Query("max by (stream) (redis_memory_max_bytes{$target})", "maxmemory {{stream}}")),
        new Panel(Lines, "Commands", Units.OperationsPerSecond, "Commands Redis processes per second, everybody's.", new Query("max by (stream) (rate(redis_commands_total{$target}[$__rate_interval]))", "{{stream}}")),
        new Panel(Lines, "Clients", Units.Number, "Connections to Redis.",
            new Query("max by (stream) (redis_clients{$target})", "connected {{stream}}"),
            new Query("max by (stream) (redis_clients_max{$target})", "maxclients {{stream}}"),
            new Query("max by (stream) (rate(redis_clients_rejected_total{$target}[$__rate_interval]))", "turned away per second {{stream}}")));

    private static Row RedisDisk => new(
        "Redis: what may go wrong", 6,
        new Panel(Number, "Running for", Units.Seconds, "Time since Redis was started.", new Query("time() - max(redis_start_time_seconds{$target})", "since the start")),
        new Panel(Number, "Append-only file", Units.Number, "1 when there is one.", new Query("min(redis_aof_enabled{$target})", "there is one")),
        new Panel(Number, "Its writing", Units.Number, "1 while every write to it succeeds.", new Query("min(redis_aof_write_ok{$target})", "written")) { AlertAtZero = "RedisAofFailing" },
        new Panel(Number, "Its rewriting", Units.Number, "1 when the last rewrite succeeded.", new Query("min(redis_aof_rewrite_ok{$target})", "ok")) { AlertAtZero = "RedisAofFailing" },
        new Panel(Number, "Snapshot", Units.Number, "1 when the last snapshot succeeded.", new Query("min(redis_snapshot_ok{$target})", "ok")) { AlertAtZero = "RedisAofFailing" },
        new Panel(Number, "Replicas", Units.Number, "Replicas connected.", new Query("min(redis_replicas{$target})", "replicas")),
        new Panel(Number, "Evicted keys", Units.Number, "Keys evicted in the time shown.", new Query("max(increase(redis_evicted_keys{$target}[$__range]))", "keys")) { Alert = "RedisEvicts" },
        new Panel(Lines, "Clock", Units.Seconds, "How far Redis's clock and a processor's are apart.", new Query("max by (instance) (abs(redis_clock_offset_seconds{$target}))", "{{instance}}")) { Alert = "ClockApart", Width = 6 });

    private static Row Senders => new(
        "Senders", 8,
        new Panel(Lines, "Buffered", Units.Bytes, "Events in memory that Redis has not acknowledged.", new Query("sum by (instance) (sender_buffered_size_bytes{$target})", "{{instance}}")),
        new Panel(Lines, "Spool", Units.Number, "Events on disk that Redis has not acknowledged.",
            new Query("sum by (instance) (sender_spool_events{$target})", "{{instance}}"))
        { Alert = "SendersSpooling" },
        new Panel(Lines, "Spool in use", Units.Ratio, "Share of --spool-bytes.",
            new Query("max by (instance) (sender_spool_size_bytes{$target} / (sender_spool_max_bytes{$target} > 0))", "{{instance}}") { EmptyBecause = "no sender has a spool" })
        { Alert = "SpoolNearlyFull" },
        new Panel(Lines, "Refused, waiting, lost", Units.EventsPerSecond, "Refusals by a full Redis or for want of replicas, events whose source had to wait, failed writes to the spool, and events lost.",
            new Query("sum(rate(sender_redis_full_total{$target}[$__rate_interval]))", "Redis full"),
            new Query("sum(rate(sender_unconfirmed_total{$target}[$__rate_interval]))", "not confirmed"),
            new Query("sum(rate(sender_buffer_full_total{$target}[$__rate_interval])) + sum(rate(sender_spool_full_total{$target}[$__rate_interval]))", "source waits"),
            new Query("sum(rate(sender_spool_failures_total{$target}[$__rate_interval]))", "spool fails"),
            new Query("sum(rate(sender_dropped_total{$target}[$__rate_interval]))", "lost")),
        new Panel(Lines, "Sends", Units.OperationsPerSecond, "By outcome: duplicates had arrived before and were dropped; a gap means that Redis lost what it had acknowledged.",
            new Query("sum by (outcome) (rate(sender_sends_total{$target}[$__rate_interval]))", "{{outcome}}")));

    private static Row Spools => new(
        "Spools", 7,
        new Panel(Lines, "Written and read back", Units.EventsPerSecond, "Events that went to the disk and came back, and records a killed process left torn.",
            new Query("sum(rate(sender_spool_written_total{$target}[$__rate_interval]))", "written"),
            new Query("sum(rate(sender_spool_replayed_total{$target}[$__rate_interval]))", "read back"),
            new Query("sum(rate(sender_spool_torn_total{$target}[$__rate_interval]))", "torn")),
        new Panel(Lines, "Age", Units.Seconds, "Age of the oldest file: how late its events are.", new Query("max by (instance) (sender_spool_age_seconds{$target})", "{{instance}}")),
        new Panel(Lines, "Sends and files", Units.Number, "What the spools consist of, and events that wait in memory.",
            new Query("sum(sender_spool_records{$target})", "sends"),
            new Query("sum(sender_spool_segments{$target})", "files"),
            new Query("sum(sender_buffered{$target})", "events in memory")),
        new Panel(Lines, "Interruptions", Units.OperationsPerSecond, "Times sending broke off and was taken up again; nothing is lost by it.",
            new Query("sum by (instance) (rate(sender_interruptions_total{$target}[$__rate_interval]))", "{{instance}}")));

    private static Row Live => new(
        "Live clients and views", 7,
        new Panel(Lines, "Events to live clients", Units.EventsPerSecond, "By kind, and snapshots sent in place of a delta, by reason.",
            new Query("sum by (event) (rate(live_events_total{$target}[$__rate_interval]))", "{{event}}"),
            new Query("sum by (reason) (rate(live_snapshots_forced_total{$target}[$__rate_interval]))", "in place of a delta: {{reason}}")),
        new Panel(Lines, "Turned away and dropped", Units.OperationsPerSecond, "Clients refused because there were as many as allowed, and clients dropped because they were too slow.",
            new Query("sum(rate(live_refused_total{$target}[$__rate_interval]))", "refused"),
            new Query("sum(rate(live_dropped_total{$target}[$__rate_interval]))", "dropped"))
        { Alert = "LiveClientsRefused" },
        new Panel(Lines, "Buckets in memory", Units.Number, "Numbers and sketches of views held by the API, and buckets given up for others per second.",
            new Query("sum by (instance) (views_cells{$target})", "{{instance}}"),
            new Query("sum(rate(views_evicted_total{$target}[$__rate_interval]))", "given up per second")),
        new Panel(Lines, "Reads that failed", Units.OperationsPerSecond, "Reads of the counters that failed; answers are marked degraded meanwhile.",
            new Query("sum by (instance) (rate(snapshot_refresh_failures_total{$target}[$__rate_interval]))", "{{instance}}")));

    private static Row Processes => new(
        "Processes", 8,
        new Panel(Table, "What runs", Units.Number, "Version and commit of each process.", new Query("build_info{$target}", "{{instance}}")) { Width = 8 },
        new Panel(Lines, "Reachable", Units.Number, "1 while Prometheus can scrape it.", new Query("up{$target}", "{{instance}}")),
        new Panel(Lines, "Running for", Units.Seconds, "Time since its start; a saw is a process that restarts.", new Query("time() - process_start_time_seconds{$target}", "{{instance}}")),
        new Panel(Lines, "CPU", Units.Number, "Cores in use.", new Query("sum by (instance) (rate(process_cpu_seconds_total{$target}[$__rate_interval]))", "{{instance}}")),
        new Panel(Lines, "Memory", Units.Bytes, "Resident memory.", new Query("process_resident_memory_bytes{$target}", "{{instance}}")),
        new Panel(Lines, "HTTP connections", Units.Number, "Open ones, and those closed at once because there were too many, per second.",
            new Query("sum by (instance) (kestrel_active_connections{$target})", "{{instance}}"),
            new Query("sum(rate(kestrel_rejected_connections_total{$target}[$__rate_interval]))", "closed at once")),
        new Panel(Lines, "Open files", Units.Number, "File descriptors, connections among them.", new Query("process_open_fds{$target}", "{{instance}}")));

    private static Row Runtime => new(
        ".NET and telemetry", 8,
        new Panel(Lines, "Garbage collection", Units.Ratio, "Share of time all threads were paused for it.", new Query("sum by (instance) (rate(dotnet_gc_pause_time_seconds_total{$target}[$__rate_interval]))", "{{instance}}")),
        new Panel(Lines, "Heap", Units.Bytes, "After the last collection.", new Query("sum by (instance) (dotnet_gc_last_collection_heap_size_bytes{$target})", "{{instance}}")),
        new Panel(Lines, "Thread pool", Units.Number, "Threads. A number that only grows: something blocks them.", new Query("dotnet_thread_pool_thread_count{$target}", "{{instance}}")),
        new Panel(Lines, "Exceptions", Units.OperationsPerSecond, "Thrown per second, by type; those of a lost connection are among them.",
            new Query("sum by (error_type) (rate(dotnet_exceptions_total{$target}[$__rate_interval]))", "{{error_type}}")),
        new Panel(Lines, "Series", Units.Number, "Series each process holds. Growth without end is a label without bound.",
            new Query("telemetry_series{$target}", "{{instance}}"),
            new Query("sum(rate(telemetry_series_overflow_total{$target}[$__rate_interval]))", "overflow per second")),
        new Panel(Lines, "Traces", Units.OperationsPerSecond, "Spans the collector took, and spans given up because it was away or too slow.",
            new Query("sum(rate(traces_spans_exported_total{$target}[$__rate_interval]))", "exported"),
            new Query("sum by (reason) (rate(traces_spans_dropped_total{$target}[$__rate_interval]))", "dropped: {{reason}}")),
        new Panel(Lines, "Left out", Units.OperationsPerSecond, "Measurements and gauges that are not on the metrics page; each is a bug.",
            new Query("sum(rate(telemetry_measurements_rejected_total{$target}[$__rate_interval]))", "rejected"),
            new Query("sum(rate(telemetry_instruments_conflicting_total{$target}[$__rate_interval]))", "conflicting"),
            new Query("sum(rate(telemetry_callback_failures_total{$target}[$__rate_interval]))", "failed"))
        { Alert = "TelemetryFaulty" });
}
