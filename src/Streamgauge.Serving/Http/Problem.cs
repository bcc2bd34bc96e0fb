using Streamgauge.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Why a request was not answered, and what to do about it.</summary>
/// <param name="Name">Last part of the problem's type, stable; listed in docs/api.md. Null when the status says it all.</param>
internal sealed record Problem(int Status, string? Name, string Title, string Detail)
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1); // first: the problems below use it

    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>When to ask again, for problems that pass.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Problem UnknownParameter(string name, IReadOnlyList<string> allowed) => new(
        StatusCodes.Status400BadRequest, "unknown-parameter", "Unknown query parameter",
        $"There is no query parameter '{name}' here. {(allowed.Count == 0 ? "This resource takes none." : $"Allowed: {string.Join(", ", allowed)}.")}")
    { Allowed = allowed };

    public static Problem InvalidParameter(string name, string expected) => new(
        StatusCodes.Status400BadRequest, "invalid-parameter", "Invalid query parameter", $"The query parameter '{name}' must be {expected}, given once.");

    public static Problem InvalidFilter(string name, FilterFault fault) => new(
        StatusCodes.Status400BadRequest, "invalid-filter", "Invalid filter", $"The query parameter '{name}' is no filter, see position {fault.Position}: {fault.Message}");

    public static Problem ExpiredCursor { get; } = new(
        StatusCodes.Status400BadRequest, "expired-cursor", "The cursor has expired",
        "The sessions this walk began with are past their retention. Begin again without 'after'.");

    public static Problem InvalidSessionId(int bytesMax) => new(
        StatusCodes.Status400BadRequest, "invalid-session-id", "Invalid session id", $"A session id has at most {bytesMax} bytes of UTF-8.");

    public static Problem UnknownSession { get; } = new(
        StatusCodes.Status404NotFound, "unknown-session", "Unknown session",
        "No event of this session is within the retention: it was never seen, or its last event is older.");

    public static Problem TooManyReads { get; } = new(
        StatusCodes.Status429TooManyRequests, "too-many-reads", "Too many reads at once",
        "Pages of sessions, single sessions and recent events are read from Redis a few at a time. Ask again shortly; GET /aggregates without 'sessions' and 'after' has no such limit.")
    { RetryAfter = SoonAgain };

    public static Problem NoSnapshot(ActiveCondition? outage) => new(
        StatusCodes.Status503ServiceUnavailable, "no-snapshot", "Nothing is known yet",
        $"No counters have been read since this service started{(outage is null ? "" : $": {outage.Condition.Meaning}")}. Start Redis or correct its address; the answer comes by itself then. GET /health and the service's log say more.")
    { RetryAfter = SoonAgain };

    public static Problem RedisAway { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "redis-away", "Redis cannot be read",
        "This answer is not part of the snapshot and has to be read from Redis, which cannot be done now. GET /aggregates still shows the last counters.")
    { RetryAfter = SoonAgain };

    public static Problem NotReady { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "not-ready", "Not ready",
        "Redis cannot be read, so answers show the last counters. Traffic is better sent to another instance.")
    { RetryAfter = SoonAgain };

    public static Problem OfStatus(int status, IReadOnlyList<string>? allowed) => new(status, Name: null, TitleOf(status), status switch
    {
        StatusCodes.Status404NotFound => "Nothing is served at this path.",
        StatusCodes.Status405MethodNotAllowed => $"This resource does not take this method.{(allowed is null ? "" : $" Allowed: {string.Join(", ", allowed)}.")}",
        StatusCodes.Status500InternalServerError => "Something failed that should not have. The log has it under this traceId.",
        _ => "The request cannot be answered.",
    })
    { Allowed = allowed };

    private static string TitleOf(int status) => ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
}
