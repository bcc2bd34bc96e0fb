using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Streamgauge.Processing;
using Streamgauge.Producing;
using Streamgauge.Serving;

namespace Streamgauge.Cli;

/// <summary>Health of processes that do not serve the API: the same three addresses, with the role's own state behind them.</summary>
internal static class RoleHealth
{
    /// <param name="problem">Why the role does not work at the moment; null while it does.</param>
    public static void MapRoleHealth(this WebApplication app, Func<string?> problem)
    {
        app.MapGet("/health/live", context => WriteAsync(context, null));
        app.MapGet("/health/ready", context => WriteAsync(context, problem()));
        app.MapGet("/health", context => WriteAsync(context, problem()));
    }

    private static Task WriteAsync(HttpContext context, string? problem)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        var answer = new JsonObject { ["status"] = problem is null ? "healthy" : "unhealthy" };
        if (problem is not null) answer["detail"] = problem;
        return context.Response.WriteAsync(answer.ToJsonString());
    }
}

/// <summary>The processors of this process, in <c>/health</c> of the API they share it with.</summary>
internal sealed class ProcessorHealth(ProcessorService processors) : IHealthContributor
{
    public string Name => "processor";

    public HealthReport Check() => processors.Problem is { } problem ? new(HealthStatus.Degraded, "not counting: " + problem) : new(HealthStatus.Healthy, "counting");
}

/// <summary>The producer of this process, in <c>/health</c> of the API it shares it with.</summary>
internal sealed class ProducerHealth(BufferingSender sender) : IHealthContributor
{
    public string Name => "producer";

    public HealthReport Check() => Problem(sender) is { } problem ? new(HealthStatus.Degraded, problem) : new(HealthStatus.Healthy, "sending" + Spooled(sender));

    /// <summary>Why a sender does not send at the moment, and where what it took is; null while it sends.</summary>
    public static string? Problem(BufferingSender sender) => sender.Problem is { } problem ? $"buffering{Spooled(sender)}: {problem}" : null;

    /// <summary>What a sender has in its spool, to be put behind another word; nothing when that is nothing.</summary>
    public static string Spooled(BufferingSender sender) => sender.SpooledEvents is > 0 and var events ? $", {events:N0} events ({HumanSize.ToText(sender.SpooledBytes)}) in the spool" : "";
}
