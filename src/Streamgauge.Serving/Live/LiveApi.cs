using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/stream/{view}</c>: server-sent events, and what is common to all streams of them.</summary>
internal static class LiveApi
{
    private static readonly string[] Methods = [HttpMethods.Get];

    // A stream lasts as long as its client likes, which says nothing about how fast requests are answered.
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/stream/{view}", Methods, StreamAsync).DisableHttpMetrics();

    private static async Task StreamAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var answers = services.GetRequiredService<ViewAnswers>();
        var query = new LiveQuery((string?)context.GetRouteValue("view") ?? "", context.Request);
        if (!answers.TryFind(query.View, out var state, out var view, out var problem) || !query.TryPlan(view!, state!, out var plan, out problem))
        {
            await context.WriteProblemAsync(problem!);
            return;
        }

        var (answer, unanswered) = await answers.AnswerSharedAsync(state!, query.Text, view!, plan!, answers.FactsOf(state!, view!).Freshness); // refused with a status while there is one
        if (answer is null)
        {
            await context.WriteProblemAsync(unanswered!);
            return;
        }

        await FollowAsync(context, (output, metrics, cancellationToken) =>
        {
            var options = services.GetRequiredService<IOptions<ServingOptions>>().Value;
            var session = new LiveSession(query, output, services.GetRequiredService<ViewStore>(), answers, metrics, options, services.GetRequiredService<TimeProvider>());
            return session.RunAsync(LivePosition.TryParse(context.Request.Headers["Last-Event-ID"], out var position) ? position : null, cancellationToken);
        });
    }

    /// <summary>Lets a client in, if there is room, and keeps it up to date until it goes, or we do, or <paramref name="send"/> says why there is no more.</summary>
    public static async Task FollowAsync(HttpContext context, Func<LiveOutput, LiveMetrics, CancellationToken, Task<Problem?>> send)
    {
        var services = context.RequestServices;
        var clients = services.GetRequiredService<LiveClients>();
        var metrics = services.GetRequiredService<LiveMetrics>();
        var options = services.GetRequiredService<IOptions<ServingOptions>>().Value;
        if (!clients.TryEnter())
        {
            metrics.Refused();
            await context.WriteProblemAsync(ViewProblems.TooManyClients(options.StreamClientsMax));
            return;
        }

        try
        {
            await FollowAsync(context, send, options, metrics);
        }
        finally
        {
            clients.Leave();
        }
    }

    private static async Task FollowAsync(HttpContext context, Func<LiveOutput, LiveMetrics, CancellationToken, Task<Problem?>> send, ServingOptions options, LiveMetrics metrics)
    {
        var services = context.RequestServices;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        Begin(context);
        var output = new LiveOutput(context, options, metrics, services.GetRequiredService<TimeProvider>());
        try
        {
            Problem? problem;
            try
            {
                problem = await send(output, metrics, ending.Token);
            }
            catch (LiveRefusal refusal)
            {
                problem = refusal.Problem;
            }

            metrics.Sent(LiveEvent.Problem);
            await output.SendAsync(LiveEvent.Of(problem!, context.Request.Path.ToUriComponent(), Activity.Current?.Id ?? context.TraceIdentifier), ending.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went, or we go: a client that is still there comes back by itself and resumes.
        }
    }

    private static void Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // proxies of the nginx kind would hold events back
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null; // we have our own bound, and count who breaks it
    }
}
