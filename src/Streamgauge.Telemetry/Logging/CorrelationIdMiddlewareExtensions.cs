using System.Collections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Streamgauge.Telemetry;

/// <summary>Gives every request a correlation id.</summary>
public static class CorrelationIdMiddlewareExtensions
{
    /// <summary>Takes the caller's <c>X-Correlation-Id</c> when acceptable, else makes one; answers with it and logs under it.</summary>
    /// <remarks>The id is <see cref="HttpContext.TraceIdentifier"/> from here on, and the scope value <c>CorrelationId</c> of every log line.</remarks>
    public static IApplicationBuilder UseCorrelationId(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Streamgauge.Telemetry.CorrelationId");
        return app.Use(next => context => Correlate(context, next, logger));
    }

    private static async Task Correlate(HttpContext context, RequestDelegate next, ILogger logger)
    {
        var received = context.Request.Headers[CorrelationId.HeaderName];
        var id = received.Count == 1 && CorrelationId.TryAccept(received[0]) ? received[0]! : CorrelationId.New();
        context.TraceIdentifier = id;

        // Late, because exception handlers clear the headers set before them.
        context.Response.OnStarting(static state =>
        {
            var starting = (HttpContext)state;
            starting.Response.Headers[CorrelationId.HeaderName] = starting.TraceIdentifier;
            return Task.CompletedTask;
        }, context);

        using (logger.BeginScope(new Scope(id))) await next(context);
    }

    // A named value for the JSON formatter, a readable one for terminals.
    private sealed class Scope(string id) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => index == 0
            ? new("CorrelationId", id)
            : throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => "CorrelationId:" + id;
    }
}
