using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/views</c> and <c>GET /v1/views/{view}</c>.</summary>
internal static class ViewsApi
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/views", Methods, GetViewsAsync);
        routes.MapMethods("/views/{view}", Methods, GetViewAsync);
    }

    private static async Task GetViewsAsync(HttpContext context)
    {
        var state = context.RequestServices.GetRequiredService<ViewStore>().Current;
        if (new QueryReader(context.Request.Query).Problem is { } problem) await context.WriteProblemAsync(problem);
        else if (state is null) await context.WriteProblemAsync(Problem.NoSnapshot(context.RequestServices.GetRequiredService<SnapshotSource>().Outage));
        else await context.WriteDataAsync(ViewList.Of(state));
    }

    private static async Task GetViewAsync(HttpContext context)
    {
        var answers = context.RequestServices.GetRequiredService<ViewAnswers>();
        var name = (string?)context.GetRouteValue("view") ?? "";
        if (!answers.TryFind(name, out var state, out var view, out var problem)
            || !ViewQueryReader.TryRead(context.Request.Query, ViewQueryReader.AnswerParameters, state!.Group.Now.ToUnixTimeMilliseconds(), out var query, out problem)
            || !ViewAnswers.TryPlan(view!, query, state.Group.Now.ToUnixTimeMilliseconds(), out var plan, out problem))
        {
            await context.WriteProblemAsync(problem!);
            return;
        }

        var format = ViewQueryReader.FormatOf(context.Request, out problem);
        if (problem is not null)
        {
            await context.WriteProblemAsync(problem);
            return;
        }

        var facts = answers.FactsOf(state, view!);
        var tag = ViewTag.Of(state, view!, plan!, context.Request.QueryString.Value ?? "", format, ViewAnswers.RevisionOf(view!, plan!), facts);
        if (context.IsKnown(tag))
        {
            WriteHeaders(context, tag, facts);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (answer, unanswered) = await answers.AnswerAsync(view!, plan!, facts.Freshness);
        if (answer is null)
        {
            await context.WriteProblemAsync(unanswered!);
            return;
        }

        WriteHeaders(context, tag, facts);
        context.Response.ContentType = format switch
        {
            AnswerFormat.Csv => "text/csv; charset=utf-8; header=present",
            AnswerFormat.NdJson => "application/x-ndjson",
            _ => "application/json; charset=utf-8",
        };
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var body = context.Response.BodyWriter;
        var aborted = context.RequestAborted;
        if (format == AnswerFormat.Csv) await ViewAnswerRows.WriteCsvAsync(body, answer, aborted);
        else if (format == AnswerFormat.NdJson) await ViewAnswerRows.WriteNdJsonAsync(body, answer, aborted);
        else
        {
            await using var json = new Utf8JsonWriter(body);
            await ViewAnswerJson.WriteAsync(json, answer, facts, points: null, async () =>
            {
                json.Flush();
                await body.FlushAsync(aborted);
            });
        }
    }

    private static void WriteHeaders(HttpContext context, string tag, FreshnessFacts facts)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Vary = "Accept";
        facts.WriteTo(context.Response.Headers);
    }
}
