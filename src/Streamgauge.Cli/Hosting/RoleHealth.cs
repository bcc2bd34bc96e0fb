using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Streamgauge.Processing;
using Streamgauge.Producing;
using Streamgauge.Serving;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Health of processes that do not serve the API: the same three addresses, with the role's own state behind them.</summary>
internal static class RoleHealth
{
    /// <param name="problem">Why the role does not work at the moment; null while it does.</param>
    /// <param name="cautions">What somebody should look at while it works.</param>
    public static void MapRoleHealth(this WebApplication app, Func<string?> problem, Func<IReadOnlyList<ActiveCondition>> cautions)
    {
        app.MapGet("/health/live", context => WriteAsync(context, null, []));
        app.MapGet("/health/ready", context => WriteAsync(context, problem(), []));
        app.MapGet("/health", context => WriteAsync(context, problem(), cautions()));
    }

    private static Task WriteAsync(HttpContext context, string? problem, IReadOnlyList<ActiveCondition> cautions)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        var answer = new JsonObject { ["status"] = problem is not null ? "unhealthy" : cautions.Count > 0 ? "degraded" : "healthy" };
        if (problem is not null || cautions.Count > 0) answer["detail"] = problem ?? string.Join(" ", cautions);
        return context.Response.WriteAsync(answer.ToJsonString());
    }
}

/// <summary>The processors of this process, in <c>/health</c> of the API they share it with.</summary>
internal sealed class ProcessorHealth(ProcessorService processors) : IHealthContributor
{
    public string Name => "processor";

    public HealthReport Check()
    {
        if (processors.Problem is { } problem) return new(processors.NeedsPerson ? HealthStatus.Unhealthy : HealthStatus.Degraded, "not counting: " + problem);
        return processors.Cautions is { Count: > 0 } cautions ? new(HealthStatus.Degraded, "counting, but " + string.Join(" And ", cautions)) : new(HealthStatus.Healthy, "counting");
    }
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
