using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Streamgauge.Serving;

/// <summary>Answers every error of the application with problem details.</summary>
internal static partial class ProblemAnswers
{
    /// <summary>Gives a body to errors that have none, and turns exceptions into 500 without showing them.</summary>
    public static void UseProblemAnswers(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ProblemAnswers));
        app.Use(next => context => RunAsync(context, next, logger));
    }

    /// <summary>Answers with <paramref name="problem"/>.</summary>
    public static async Task WriteProblemAsync(this HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } retryAfter) response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var utf8 = JsonSerializer.SerializeToUtf8Bytes(
            ProblemAnswer.Of(problem, (context.Request.PathBase + context.Request.Path).ToUriComponent(), Activity.Current?.Id ?? context.TraceIdentifier),
            ServingJson.Default.ProblemAnswer);
        response.ContentLength = utf8.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(utf8, context.RequestAborted);
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is left to answer
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
            if (status == StatusCodes.Status500InternalServerError) Log.Failed(logger, e);
            context.Response.Clear();
            context.Response.StatusCode = status;
        }

        var response = context.Response;
        if (response.StatusCode < StatusCodes.Status400BadRequest || response.HasStarted || response.ContentType is not null || response.ContentLength > 0) return;
        var allowed = response.Headers.Allow.Count == 0 ? null : response.Headers.Allow.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await context.WriteProblemAsync(Problem.OfStatus(response.StatusCode, allowed));
    }

    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Error, "A request failed unexpectedly and was answered with 500")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}
