using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/pipeline</c> and <c>GET /v1/pipeline/stream</c>: how the pipeline is doing.</summary>
internal static class PipelineApi
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Follow = [HttpMethods.Get];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/pipeline", Read, GetAsync);
        routes.MapMethods("/pipeline/stream", Follow, StreamAsync).DisableHttpMetrics();
    }

    private static async Task GetAsync(HttpContext context)
    {
        if (await TakeAsync(context) is { } answer) await context.WriteUncachedAsync(JsonSerializer.SerializeToUtf8Bytes(answer, ServingJson.Default.PipelineAnswer));
    }

    private static async Task StreamAsync(HttpContext context)
    {
        if (await TakeAsync(context) is null) return;
        var source = context.RequestServices.GetRequiredService<PipelineSource>();
        await LiveApi.FollowAsync(context, (output, metrics, cancellationToken) => new PipelineSession(source, output, metrics).RunAsync(context.Request.Headers["Last-Event-ID"], cancellationToken));
    }

    /// <summary>The newest look, or null when the request was answered with why there is none.</summary>
    private static async Task<PipelineAnswer?> TakeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (new QueryReader(context.Request.Query).Problem is { } problem) await context.WriteProblemAsync(problem);
        else if (services.GetRequiredService<PipelineSource>().Current is { } answer) return answer;
        else await context.WriteProblemAsync(Problem.NoSnapshot(services.GetRequiredService<SnapshotSource>().Outage));
        return null;
    }
}
