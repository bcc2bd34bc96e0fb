using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Serving;

/// <summary><c>GET /health</c> for people, <c>/health/live</c> and <c>/health/ready</c> for probes.</summary>
internal static class HealthApi
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health", Methods, GetHealthAsync);
        routes.MapMethods("/health/live", Methods, GetLiveAsync);
        routes.MapMethods("/health/ready", Methods, GetReadyAsync);
    }

    private static async Task GetHealthAsync(HttpContext context)
    {
        if (new QueryReader(context.Request.Query).Problem is { } problem)
        {
            await context.WriteProblemAsync(problem);
            return;
        }

        var health = context.RequestServices.GetRequiredService<HealthReporter>().Check();
        await WriteAsync(context, health.Status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, health, ServingJson.Default.HealthAnswer);
    }

    /// <summary>The process answers, nothing more: restarting it because Redis is away would help nobody.</summary>
    private static Task GetLiveAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, new ProbeAnswer("live"), ServingJson.Default.ProbeAnswer);

    private static async Task GetReadyAsync(HttpContext context)
    {
        var source = context.RequestServices.GetRequiredService<SnapshotSource>();
        if (new QueryReader(context.Request.Query).Problem is { } problem) await context.WriteProblemAsync(problem);
        else if (source.Current is not { } snapshot) await context.WriteProblemAsync(Problem.NoSnapshot(source.Outage));
        else if (source.DegradedFor(snapshot) is not null) await context.WriteProblemAsync(Problem.NotReady);
        else await WriteAsync(context, StatusCodes.Status200OK, new ProbeAnswer("ready"), ServingJson.Default.ProbeAnswer);
    }

    private static async Task WriteAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        var utf8 = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = utf8.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.Body.WriteAsync(utf8, context.RequestAborted);
    }
}
