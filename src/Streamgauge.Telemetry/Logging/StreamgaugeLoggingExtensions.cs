using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Streamgauge.Telemetry;

/// <summary>Logs for people and for machines, both to stderr.</summary>
public static class StreamgaugeLoggingExtensions
{
    /// <summary>Replaces the logging providers by one console writer to stderr; stdout belongs to data.</summary>
    /// <param name="logging">The host's logging.</param>
    /// <param name="min">Least level logged; <c>Microsoft.AspNetCore</c> is kept to warnings, as it speaks once per request.</param>
    /// <param name="json">One JSON object per line with UTC time and scopes; otherwise one readable line per entry.</param>
    public static ILoggingBuilder AddStreamgaugeLogging(this ILoggingBuilder logging, LogLevel min, bool json)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.ClearProviders();
        logging.SetMinimumLevel(min);
        logging.AddFilter("Microsoft.AspNetCore", min > LogLevel.Warning ? min : LogLevel.Warning);
        if (json)
        {
            logging.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                options.IncludeScopes = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "HH:mm:ss.fff'Z' ";
                options.IncludeScopes = true;
                options.SingleLine = true;
                options.ColorBehavior = ColorsWanted() ? LoggerColorBehavior.Enabled : LoggerColorBehavior.Disabled;
            });
        }

        logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        return logging;
    }

    // The formatter's own default looks at stdout, which is not where it writes.
    private static bool ColorsWanted() =>
        !Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not "dumb";
}
