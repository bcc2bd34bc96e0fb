using Microsoft.Net.Http.Headers;

namespace Streamgauge.Telemetry;

public sealed partial class MetricsExposition
{
    /// <summary>Chooses the format for an <c>Accept</c> header; never refuses, since a page beats a 406 at three in the morning.</summary>
    /// <remarks>
    /// OpenMetrics only when named (version 1.0.0 or none) and liked at least as much as text; wildcards, browsers,
    /// curl and malformed headers get text. Prometheus 2.42 names OpenMetrics first.
    /// </remarks>
    public static ExpositionFormat Negotiate(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept) || !MediaTypeHeaderValue.TryParseList([accept], out var ranges)) return ExpositionFormat.Text;

        double openMetrics = 0, text = 0;
        foreach (var range in ranges)
        {
            var quality = range.Quality ?? 1;
            if (range.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) && HasVersion(range, "1.0.0"))
                openMetrics = Math.Max(openMetrics, quality);
            else if (range.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && HasVersion(range, "0.0.4"))
                text = Math.Max(text, quality);
        }

        return openMetrics > 0 && openMetrics >= text ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
    }

    /// <summary>The <c>Content-Type</c> of a page.</summary>
    public static string ContentTypeOf(ExpositionFormat format) => format == ExpositionFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    private static bool HasVersion(MediaTypeHeaderValue range, string ours)
    {
        foreach (var parameter in range.Parameters)
        {
            if (parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
                return HeaderUtilities.RemoveQuotes(parameter.Value).Equals(ours, StringComparison.Ordinal);
        }

        return true;
    }
}
