using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Telemetry;

/// <summary>Measures requests of the HTTP API.</summary>
public static class ApiMetricsMiddlewareExtensions
{
    private const int ClientClosedRequest = 499; // customary since nginx; nobody receives it

    /// <summary>Records <c>api_request_duration_seconds</c> for every request, and says in its span what it was; needs <c>AddStreamgaugeTelemetry</c>.</summary>
    /// <remarks>
    /// Goes first, so that it sees what exception handlers answer. Endpoints with <c>DisableHttpMetrics()</c> are left
    /// out: event streams live for hours and would say nothing about latency.
    /// </remarks>
    public static IApplicationBuilder UseApiMetrics(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var metrics = app.ApplicationServices.GetRequiredService<ApiMetrics>();
        var time = app.ApplicationServices.GetService<TimeProvider>() ?? TimeProvider.System;
        return app.Use(next => context => Measure(context, next, metrics, time));
    }

    private static async Task Measure(HttpContext context, RequestDelegate next, ApiMetrics metrics, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var matched = context.GetEndpoint(); // exception handlers clear it on their way
        int? failure = null;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            failure = ClientClosedRequest;
            throw;
        }
        catch
        {
            failure = StatusCodes.Status500InternalServerError; // what the server is about to answer
            throw;
        }
        finally
        {
            matched ??= context.GetEndpoint();
            if (matched?.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is null)
            {
                var status = context.Response.HasStarted ? context.Response.StatusCode : failure ?? context.Response.StatusCode;
                var route = (matched as RouteEndpoint)?.RoutePattern.RawText;
                metrics.Requested(time.GetElapsedTime(started), route, context.Request.Method, status);
                ApiSpan.Describe(Activity.Current, context, route, status);
            }
            else
            {
                ApiSpan.LeaveOut(Activity.Current);
            }
        }
    }
}
