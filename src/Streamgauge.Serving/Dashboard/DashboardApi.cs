using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Streamgauge.Serving;

/// <summary><c>GET /</c>: the dashboard. Nothing on it comes from elsewhere, and nothing of it runs but our own files.</summary>
internal static class DashboardApi
{
    private const string Policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", Methods, context => WriteAsync(context, DashboardFiles.Index)).DisableHttpMetrics();
        routes.MapMethods("/assets/{**path}", Methods, context => WriteAsync(context, DashboardFiles.Find($"assets/{context.GetRouteValue("path")}"))).DisableHttpMetrics();
        routes.MapMethods("/favicon.svg", Methods, context => WriteAsync(context, DashboardFiles.Find("favicon.svg"))).DisableHttpMetrics();
    }

    private static async Task WriteAsync(HttpContext context, DashboardFile? file)
    {
        var response = context.Response;
        if (file is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound; // problem details are added where all errors are
            return;
        }

        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = file.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (context.IsKnown(file.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var body = file.Content;
        if (file.Compressed is { } compressed && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            body = compressed;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
