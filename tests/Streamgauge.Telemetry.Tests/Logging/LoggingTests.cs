using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Streamgauge.Telemetry.Tests;

[Collection(nameof(LoggingTests))] // swaps the process's stdout and stderr
public sealed class LoggingTests
{
    [Fact]
    public void Json_lines_go_to_stderr_with_UTC_time_and_scopes_and_stdout_stays_clean()
    {
        var (stdout, stderr) = Captured(json: true, logger =>
        {
            using var scope = logger.BeginScope(new Dictionary<string, object> { ["CorrelationId"] = "abc" });
            logger.LogInformation("Hello\nthere");
            logger.LogDebug("below the minimum");
        });

        Assert.Equal("", stdout);
        var line = Assert.Single(stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var entry = JsonDocument.Parse(line);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", entry.RootElement.GetProperty("Timestamp").GetString());
        Assert.Equal("Information", entry.RootElement.GetProperty("LogLevel").GetString());
        Assert.Equal("abc", entry.RootElement.GetProperty("Scopes")[0].GetProperty("CorrelationId").GetString());
    }

    [Fact]
    public void Readable_logs_take_one_line_each_on_stderr_without_colours_when_redirected()
    {
        var (stdout, stderr) = Captured(json: false, logger => logger.LogWarning("two\nlines"));

        Assert.Equal("", stdout);
        Assert.Contains("two lines", Assert.Single(stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData(LogLevel.Debug, LogLevel.Warning)]
    [InlineData(LogLevel.Error, LogLevel.Error)]
    public void AspNetCore_speaks_from_warning_or_the_minimum_whichever_is_higher(LogLevel min, LogLevel expected)
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.AddStreamgaugeLogging(min, json: true)).BuildServiceProvider();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Routing");
        Assert.True(logger.IsEnabled(expected));
        Assert.False(logger.IsEnabled(expected - 1));
    }

    private static (string Stdout, string Stderr) Captured(bool json, Action<ILogger> log)
    {
        var (stdout, stderr) = (Console.Out, Console.Error);
        using StringWriter outWriter = new(), errorWriter = new();
        Console.SetOut(outWriter);
        Console.SetError(errorWriter);
        try
        {
            // Disposal drains the console writer's queue.
            using var services = new ServiceCollection().AddLogging(logging => logging.AddStreamgaugeLogging(LogLevel.Information, json)).BuildServiceProvider();
            log(services.GetRequiredService<ILoggerFactory>().CreateLogger("test"));
        }
        finally
        {
            Console.SetOut(stdout);
            Console.SetError(stderr);
        }

        return (outWriter.ToString(), errorWriter.ToString());
    }
}
