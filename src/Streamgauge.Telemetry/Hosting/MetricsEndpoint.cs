using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Streamgauge.Telemetry;

/// <summary>Serves the page Prometheus scrapes.</summary>
public static class MetricsEndpoint
{
    private const int PageBytesAtFirst = 64 * 1024;

    /// <summary>Maps <c>GET</c> and <c>HEAD</c> of <paramref name="pattern"/>; needs <c>AddStreamgaugeTelemetry</c>.</summary>
    /// <remarks>Answers 200, never cached, as text or OpenMetrics by <c>Accept</c>, gzip-compressed when <c>Accept-Encoding</c> says so. A scrape is no API request: it is neither measured nor traced as one.</remarks>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder endpoints, string pattern = "/metrics")
    {
        ArgumentNullException.ThrowIfNull(endpoints);

        // Resolved now, so that listening starts before the host does.
        var exposition = endpoints.ServiceProvider.GetRequiredService<MetricsExposition>();
        return endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], context => Answer(context, exposition)).DisableHttpMetrics();
    }

    private static async Task Answer(HttpContext context, MetricsExposition exposition)
    {
        var format = MetricsExposition.Negotiate(context.Request.Headers.Accept);

        // Whole in memory before the first byte leaves: a page that fails half way must be a 500, not half a page.
        var page = new ArrayBufferWriter<byte>(PageBytesAtFirst);
        exposition.Write(page, format);

        var response = context.Response;
        response.ContentType = MetricsExposition.ContentTypeOf(format);
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept, Accept-Encoding";

        var gzip = AcceptsGzip(context.Request.Headers.AcceptEncoding);
        if (gzip) response.Headers.ContentEncoding = "gzip";
        else response.ContentLength = page.WrittenCount;

        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (!gzip)
        {
            await response.Body.WriteAsync(page.WrittenMemory, context.RequestAborted);
            return;
        }

        await using var compressed = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await compressed.WriteAsync(page.WrittenMemory, context.RequestAborted);
    }

    internal static bool AcceptsGzip(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var encodings)) return false;
        foreach (var encoding in encodings)
        {
            if (encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)) return (encoding.Quality ?? 1) > 0;
        }

        return false;
    }
}
