using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Streamgauge.Serving;

/// <summary>Sends data with what caches need to know: keep it, but ask before using it.</summary>
internal static class DataAnswers
{
    public static async Task WriteDataAsync(this HttpContext context, AnswerBody body)
    {
        var response = context.Response;
        response.Headers.ETag = body.ETag;
        response.Headers.CacheControl = "no-cache"; // revalidate always: numbers of a moment ago are wrong numbers
        if (context.IsKnown(body.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Utf8.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(body.Utf8, context.RequestAborted);
    }

    /// <summary>Sends JSON that is of this moment only: nobody keeps it.</summary>
    public static async Task WriteUncachedAsync(this HttpContext context, ReadOnlyMemory<byte> utf8)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = utf8.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(utf8, context.RequestAborted);
    }

    /// <summary>Whether the client has the answer with this tag already.</summary>
    // If-None-Match compares weakly (RFC 9110, section 13.1.2): a proxy that compresses may have weakened our tag.
    public static bool IsKnown(this HttpContext context, string etag)
    {
        var request = context.Request;
        if (request.Headers.IfNoneMatch.Count == 0) return false;
        if (!EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch!, out var known)) return false;
        var own = EntityTagHeaderValue.Parse(etag);
        return known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(own, useStrongComparison: false));
    }
}
