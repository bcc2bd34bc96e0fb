using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Streamgauge.Telemetry;

/// <summary>Says in the span of a request, which the web server began under the caller's <c>traceparent</c>, what it was.</summary>
/// <remarks>The route, never the path or the query: those may name a session. Source: OpenTelemetry semantic conventions for HTTP spans, version 1.30.</remarks>
internal static class ApiSpan
{
    public static void Describe(Activity? span, HttpContext context, string? route, int status)
    {
        if (span is not { IsAllDataRequested: true, Kind: ActivityKind.Server }) return;
        var method = ApiMetrics.MethodTag(context.Request.Method);
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.response.status_code", status).SetTag("streamgauge.correlation_id", context.TraceIdentifier);
        if (route is not null) span.SetTag("http.route", route);
        if (status >= StatusCodes.Status500InternalServerError) span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Scrapes, and streams that live for hours, are no requests anybody follows.</summary>
    public static void LeaveOut(Activity? span)
    {
        if (span is { Kind: ActivityKind.Server }) span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
