using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary><c>GET /aggregates</c>, <c>/aggregates/summary</c>, <c>/aggregates/sessions/{id}</c>.</summary>
internal static class AggregatesApi
{
    private const string SessionsPath = "/aggregates/sessions/";
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/aggregates", Methods, GetAggregatesAsync);
        routes.MapMethods("/aggregates/summary", Methods, GetSummaryAsync);
        routes.MapMethods(SessionsPath + "{**id}", Methods, GetSessionAsync); // catch-all: an id may hold slashes
    }

    private static async Task GetAggregatesAsync(HttpContext context)
    {
        if (!AggregatesQuery.TryRead(context.Request.Query, out var query, out var problem))
        {
            await context.WriteProblemAsync(problem!);
            return;
        }

        var source = context.RequestServices.GetRequiredService<SnapshotSource>();
        if (source.Current is not { } snapshot)
        {
            await context.WriteProblemAsync(Problem.NoSnapshot(source.Outage));
            return;
        }

        var degradedFor = source.DegradedFor(snapshot);
        if (query is { IsDefaultPage: true, Top: AggregatesQuery.TopDefault } && degradedFor is null)
        {
            await context.WriteDataAsync(snapshot.AggregatesBody);
            return;
        }

        var (sessions, sessionsProblem) = await ReadSessionsAsync(context, snapshot, query);
        if (sessions is null) await context.WriteProblemAsync(sessionsProblem!);
        else await context.WriteDataAsync(AnswerBody.Of(Answers.Aggregates(snapshot, degradedFor, query.Top, sessions)));
    }

    private static async Task<(SessionsPage? Page, Problem? Problem)> ReadSessionsAsync(HttpContext context, ServedSnapshot snapshot, AggregatesQuery query)
    {
        if (query.Sessions == 0) return (SessionsPage.Empty, null);
        if (query.IsDefaultPage) return (snapshot.Sessions, null);

        var options = context.RequestServices.GetRequiredService<IOptions<ServingOptions>>().Value;
        var reader = new SessionsReader(new StreamKeys(options.Stream), options.Group);
        var reads = context.RequestServices.GetRequiredService<ReadThrough>();
        var (outcome, page) = await reads.RunAsync(connection => reader.ReadPageAsync(connection, query.After, query.Sessions, CancellationToken.None));
        return outcome switch
        {
            ReadOutcome.Done => (page, page is null ? Problem.ExpiredCursor : null),
            ReadOutcome.Busy => (null, Problem.TooManyReads),
            _ when query.After is null => (snapshot.Sessions, null), // another page size than asked for is better than no answer
            _ => (null, Problem.RedisAway),
        };
    }

    private static async Task GetSummaryAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var source = context.RequestServices.GetRequiredService<SnapshotSource>();
        if (query.Problem is { } problem) await context.WriteProblemAsync(problem);
        else if (source.Current is not { } snapshot) await context.WriteProblemAsync(Problem.NoSnapshot(source.Outage));
        else if (source.DegradedFor(snapshot) is { } age) await context.WriteDataAsync(AnswerBody.Of(Answers.Summary(snapshot, age)));
        else await context.WriteDataAsync(snapshot.SummaryBody);
    }

    private static async Task GetSessionAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var id = SessionIdOf(context);
        var source = context.RequestServices.GetRequiredService<SnapshotSource>();
        if (query.Problem is { } problem) await context.WriteProblemAsync(problem);
        else if (id.Length == 0) await context.WriteProblemAsync(Problem.OfStatus(StatusCodes.Status404NotFound, allowed: null));
        else if (Encoding.UTF8.GetByteCount(id) > EventLimits.NameBytesMax) await context.WriteProblemAsync(Problem.InvalidSessionId(EventLimits.NameBytesMax));
        else if (source.Current is not { } snapshot) await context.WriteProblemAsync(Problem.NoSnapshot(source.Outage));
        else await WriteSessionAsync(context, source, snapshot, id);
    }

    private static async Task WriteSessionAsync(HttpContext context, SnapshotSource source, ServedSnapshot snapshot, string id)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<ServingOptions>>().Value;
        var reader = new AggregatesReader(new StreamKeys(options.Stream), options.Group);
        var reads = context.RequestServices.GetRequiredService<ReadThrough>();
        var (outcome, events) = await reads.RunAsync(connection => reader.ReadSessionAsync(connection, id, CancellationToken.None));
        if (outcome == ReadOutcome.Done && events is { } known)
            await context.WriteDataAsync(AnswerBody.Of(Answers.Session(snapshot, source.DegradedFor(snapshot), id, known)));
        else
            await context.WriteProblemAsync(outcome switch
            {
                ReadOutcome.Done => Problem.UnknownSession,
                ReadOutcome.Busy => Problem.TooManyReads,
                _ => Problem.RedisAway,
            });
    }

    /// <summary>The id as the client meant it. The route value will not do: there an escaped slash stays escaped, and cannot be told from the text "%2F".</summary>
    private static string SessionIdOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var at = path.IndexOf(SessionsPath, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? (string?)context.GetRouteValue("id") ?? "" : Uri.UnescapeDataString(path[(at + SessionsPath.Length)..]);
    }
}
