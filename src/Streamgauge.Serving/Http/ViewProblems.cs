using Microsoft.AspNetCore.Http;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Why a question about views was not answered.</summary>
internal static class ViewProblems
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LaterAgain = TimeSpan.FromSeconds(10);

    public static Problem UnknownView(string name, IEnumerable<ServedView> views)
    {
        var allowed = views.Where(view => view.State == CatalogState.Active).Select(view => view.Definition.Name).ToList();
        return new Problem(StatusCodes.Status404NotFound, "unknown-view", "Unknown view", $"There is no view '{name}'. There are: {string.Join(", ", allowed)}. GET /v1/views describes them.") { Allowed = allowed };
    }

    public static Problem ViewBeingBuilt(string name) => new(
        StatusCodes.Status404NotFound, "view-being-built", "The view is being built",
        $"The view '{name}' was declared and is being counted from the retained events; it is answered from once it has caught up. GET /v1/views shows its state.")
    { RetryAfter = LaterAgain };

    public static Problem NotOfSessions(string name) => new(
        StatusCodes.Status404NotFound, "not-of-sessions", "Not a view of sessions", $"The view '{name}' has no sessions; GET /v1/views/{name} answers from it. GET /v1/views shows which have.");

    public static Problem Unanswerable(QueryFault fault) => new(
        StatusCodes.Status400BadRequest, "unanswerable-query", "The view cannot answer this", $"The query parameter '{fault.Parameter}': {fault.Message}");

    public static Problem TooLarge(long cellsMax) => new(
        StatusCodes.Status400BadRequest, "too-much-to-read", "Too much would have to be read",
        $"The buckets of this range hold more than {cellsMax:N0} numbers, the most that one query may read. Ask for a shorter range, or a step that coarser buckets can answer.");

    public static Problem TooManyReads { get; } = new(
        StatusCodes.Status429TooManyRequests, "too-many-reads", "Too many reads at once",
        "Buckets that are not in memory are read from Redis a few at a time. Ask again shortly; what was read meanwhile needs no reading then.")
    { RetryAfter = SoonAgain };

    public static Problem RedisAway { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "redis-away", "Redis cannot be read",
        "Some buckets of this answer are not in memory and have to be read from Redis, which cannot be done now. What was asked for lately is still answered.")
    { RetryAfter = SoonAgain };

    public static Problem TooManyClients(int clientsMax) => new(
        StatusCodes.Status503ServiceUnavailable, "too-many-clients", "Too many clients",
        $"{clientsMax} clients follow streams of this instance, which is its limit. Come back later, ask another instance, or poll GET /v1/views/{{view}}.")
    { RetryAfter = LaterAgain };
}
