using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>All endpoints, described.</summary>
internal static class ApiOperations
{
    private static readonly (int, string) BadRequest = (400, "A parameter that is unknown, malformed, out of range or given twice.");
    private static readonly (int, string) NoSnapshot = (503, "Nothing was read from Redis since the start, or this answer has to be read and cannot be.");
    private static readonly (int, string) Busy = (429, "Too many reads from Redis at once; Retry-After says when to come back.");
    private static readonly (int, string) UnknownView = (404, "No such view, or one that is still being built.");
    private static readonly ApiParameter View = new("view", "Name of a view, see GET /v1/views.", Place: "path");

    private static readonly ApiParameter[] ViewQuery =
    [
        new("from", "Begin of the range: RFC 3339, Unix milliseconds, now, or relative to now like -24h. Lowered to a step. Default: 120 steps before the end."),
        new("to", "End of the range, exclusive, like from. Raised to a step. Default: now."),
        new("step", "Distance of the points like 30s, 5m, 1h or 1d; whole days are local days; all is the total of all time. Default: the smallest with at most 120 points."),
        new("window", "What each point covers up to its end, like step; longer than the step it slides. Default: the step."),
        new("tz", "Time zone of days and hours: UTC, a name like Europe/Berlin, or an offset like +05:30. Default: UTC."),
        new("group", "Fields of the view's group_by to tell apart by, with commas; empty for one group of everything. Default: all of them."),
        new("where", "A filter over the fields of the view's group_by."),
        new("top", "Groups with a series of their own; the others share (rest). Default: all.", "integer") { Minimum = 1 },
        new("order", "Order of the groups: a measure or a quantile, with :asc or :desc behind it or nothing. Default: count:desc."),
        new("measures", "Names of the view's measures, with commas. Default: all of them."),
    ];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Data("/aggregates", "getAggregates", "All counters", "Overview, event types, products, a page of sessions.", "#Aggregates", [BadRequest, Busy, NoSnapshot],
            new ApiParameter("top", "Most event types and most products to list.", "integer") { Minimum = 1, Maximum = AggregatesQuery.TopMax, Default = AggregatesQuery.TopDefault },
            new ApiParameter("sessions", "Sessions per page.", "integer") { Minimum = 0, Maximum = AggregatesQuery.SessionsMax, Default = AggregatesQuery.SessionsDefault },
            new ApiParameter("after", "The next of an earlier answer.")),
        Data("/aggregates/summary", "getSummary", "The totals and the current rate", "Totals.", "#Summary", [BadRequest, NoSnapshot]),
        Data("/aggregates/sessions/{id}", "getSession", "One session", "Events of the session within the retention.", "#Session",
            [BadRequest, (404, "No event of this session is within the retention."), Busy, NoSnapshot], new ApiParameter("id", "Session id, percent-encoded.", Place: "path")),
        Data("/v1/views", "getViews", "The views that can be asked", "All views, built-in ones first.", "#Views", [BadRequest, NoSnapshot]),
        new("/v1/views/{view}", "getView", "Series, groups, top-K and totals of one view", "The answer.",
            [View, .. ViewQuery,
                new("compare", "The same of the period of equal length before, beside it.") { Words = ["previous"] },
                new("format", "Form of the answer. Default: by Accept, else json.") { Words = ["json", "csv", "ndjson"] }],
            [("application/json", "#ViewAnswer"), ("text/csv", "string"), ("application/x-ndjson", "string")],
            [(400, "A parameter that is unknown or malformed, a question this view cannot answer, or one beyond a limit; the detail says what can be asked."), UnknownView, Busy, NoSnapshot], HasTag: true),
        new("/v1/sessions/{view}", "getSessions", "A view of sessions", "How many are live and kept, how long they last, where they begin and end; or the sessions of one id.",
            [View, new("id", "Only the sessions of this id, one by one.")],
            [("application/json", "#SessionTotals")], [BadRequest, (404, "No such view, or none of sessions, or one that is still being built."), Busy, NoSnapshot], HasTag: false),
        new("/v1/stream/{view}", "streamView", "One view, kept up to date by server-sent events", "Events snapshot and delta with a ViewAnswer as data, problem with a Problem.",
            [View, .. ViewQuery, new("Last-Event-ID", "The id of the last event received, to go on behind it.", Place: "header")],
            [("text/event-stream", "string")],
            [(400, "As for GET /v1/views/{view}."), UnknownView, Busy, (503, "As many clients as allowed, or nothing to answer from.")], HasTag: false),
        new("/v1/events/recent", "getRecentEvents", "The newest events, one by one", "Events, newest first.",
            [new("limit", "Most events to list.", "integer") { Minimum = 1, Maximum = TailLimits.EventsMax, Default = RecentEventsQuery.LimitDefault }, new("where", "A filter; events that pass are listed.")],
            [("application/json", "#RecentEvents")], [BadRequest, Busy, NoSnapshot], HasTag: false),
        Uncached("/v1/pipeline", "getPipeline", "How the pipeline is doing", "Status, totals, rate, latency, processors.", "#Pipeline", [BadRequest, NoSnapshot]),
        new("/v1/pipeline/stream", "streamPipeline", "How the pipeline is doing, each second by server-sent events", "Events snapshot and delta with a Pipeline and its history as data, problem with a Problem.",
            [new("Last-Event-ID", "The id of the last event received, to go on behind it.", Place: "header")],
            [("text/event-stream", "string")], [BadRequest, (503, "As many clients as allowed, or nothing to answer from.")], HasTag: false),
        new("/v1/dead-letters", "getDeadLetters", "What could not be counted, by reason", "Reasons, most frequent first, and letters, newest first.",
            [new("reason", "Only letters of this reason are listed; reasons are told all the same."),
                new("limit", "Most letters to list.", "integer") { Minimum = 0, Maximum = DeadLettersApi.LimitMax, Default = DeadLettersApi.LimitDefault }],
            [("application/json", "#DeadLetters")], [BadRequest, Busy, NoSnapshot], HasTag: false),
        Uncached("/health", "getHealth", "Every check", "Healthy or degraded.", "#Health", [BadRequest, (503, "Unhealthy.")]),
        Uncached("/health/live", "getLive", "Whether the process answers", "It does.", "#Probe", []),
        Uncached("/health/ready", "getReady", "Whether answers are current", "They are.", "#Probe", [BadRequest, (503, "They are not.")]),
        Uncached("/openapi/v1.json", "getOpenApi", "This document", "OpenAPI 3.1.", "object", []),
    ];

    private static ApiOperation Data(string path, string id, string summary, string answer, string schema, (int, string)[] problems, params ApiParameter[] parameters) =>
        new(path, id, summary, answer, parameters, [("application/json", schema)], problems, HasTag: true);

    private static ApiOperation Uncached(string path, string id, string summary, string answer, string schema, (int, string)[] problems) =>
        new(path, id, summary, answer, [], [("application/json", schema)], problems, HasTag: false);
}
