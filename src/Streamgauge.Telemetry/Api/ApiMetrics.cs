using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Streamgauge.Telemetry;

/// <summary>The instruments of the HTTP API, and the bounds of their tags.</summary>
internal sealed class ApiMetrics
{
    public const string Unmatched = "unmatched";
    public const string Other = "other";

    private static readonly string[] Statuses = [.. Enumerable.Range(100, 500).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    private readonly Histogram<double> _requestDuration;

    public ApiMetrics(IMeterFactory meters)
    {
        // The upper bounds include every latency objective exactly, so that alerts need no interpolation.
        _requestDuration = meters.Create(TelemetryMetrics.MeterName).CreateHistogram(
            "api.request.duration", "s", "Time from the arrival of an API request to the end of its response.", tags: null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [.001, .0025, .005, .0075, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 10],
            });
    }

    /// <summary>Records one request. <paramref name="route"/> must be a route pattern, never a path.</summary>
    public void Requested(TimeSpan duration, string? route, string method, int status) =>
        _requestDuration.Record(
            duration.TotalSeconds,
            new("route", route ?? Unmatched),
            new("method", MethodTag(method)),
            new("status", status is >= 100 and < 600 ? Statuses[status - 100] : Other));

    // Anyone can send any method; only those with a meaning become label values.
    internal static string MethodTag(string method)
    {
        var canonical = HttpMethods.GetCanonicalizedValue(method);
        return canonical is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" or "CONNECT" or "TRACE" ? canonical : Other;
    }
}
