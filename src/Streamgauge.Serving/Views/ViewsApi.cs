using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/views</c> and <c>GET /v1/views/{view}</c>.</summary>
internal static class ViewsApi
{
    private const string JsonType = "application/json; charset=utf-8";
    private const int KeptMax = 32; // bodies of one state, each of at most some megabytes, for a tenth of a second
    private const int KeptCellsMax = 100_000;

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

        if (state.Bodies.TryGetValue(tag, out var known))
        {
            WriteHeaders(context, tag, facts);
            await WriteBodyAsync(context, known);
            return;
        }

        var (answer, unanswered) = await answers.AnswerAsync(view!, plan!, facts.Freshness);
        if (answer is null)
        {
            await context.WriteProblemAsync(unanswered!);
            return;
        }

        WriteHeaders(context, tag, facts);
        if (format == AnswerFormat.Json) await WriteJsonAsync(context, state, tag, answer, facts);
        else await WriteRowsAsync(context, format, answer);
    }

    private static async Task WriteRowsAsync(HttpContext context, AnswerFormat format, ViewAnswer answer)
    {
        context.Response.ContentType = format == AnswerFormat.Csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var body = context.Response.BodyWriter;
        if (format == AnswerFormat.Csv) await ViewAnswerRows.WriteCsvAsync(body, answer, context.RequestAborted);
        else await ViewAnswerRows.WriteNdJsonAsync(body, answer, context.RequestAborted);
    }

    private static async Task WriteJsonAsync(HttpContext context, ViewsState state, string tag, ViewAnswer answer, FreshnessFacts facts)
    {
        var cells = (long)answer.Series.Count * Math.Max(1, answer.Buckets.Count) * answer.Plan.Measures.Count;
        if (cells <= KeptCellsMax && state.Bodies.Count < KeptMax && facts.DegradedFor is null) // the age of a degraded answer grows
        {
            var output = new ArrayBufferWriter<byte>((int)(cells * 12) + (answer.Buckets.Count * 120) + 4096);
            await using (var whole = new Utf8JsonWriter(output)) await ViewAnswerJson.WriteAsync(whole, answer, facts, points: null, flush: null);
            var bytes = output.WrittenSpan.ToArray();
            state.Bodies[tag] = bytes;
            await WriteBodyAsync(context, bytes);
            return;
        }

        context.Response.ContentType = JsonType;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body);
        await ViewAnswerJson.WriteAsync(json, answer, facts, points: null, async () =>
        {
            json.Flush();
            await body.FlushAsync(context.RequestAborted);
        });
    }

    private static async Task WriteBodyAsync(HttpContext context, byte[] utf8)
    {
        context.Response.ContentType = JsonType;
        context.Response.ContentLength = utf8.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.Body.WriteAsync(utf8, context.RequestAborted);
    }

    private static void WriteHeaders(HttpContext context, string tag, FreshnessFacts facts)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Vary = "Accept";
        facts.WriteTo(context.Response.Headers);
    }
}
