using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Streamgauge.Serving;

/// <summary><c>GET /openapi/v1.json</c>.</summary>
internal static class OpenApiApi
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly Lazy<AnswerBody> Body = new(() => AnswerBody.Of(Encoding.UTF8.GetBytes(OpenApiDocument.Text)));

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/openapi/v1.json", Methods, context => context.WriteDataAsync(Body.Value));
}
