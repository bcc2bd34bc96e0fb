using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Processing;
using Streamgauge.Telemetry;

namespace Streamgauge.Cli;

/// <summary><c>process</c>: counts a stream.</summary>
internal static class ProcessCommand
{
    public static Command Create()
    {
        var command = new Command("process", """
            Count the events of a stream, each exactly once. Start as many as you like: they share the work.

            Examples:
              streamgauge process
              streamgauge process --processors 2 --redis redis://cache:6379 --port 9102
            """);
        var redis = new RedisArguments(command);
        var processor = new ProcessorArguments(command);
        var http = new HttpArguments(command, portDefault: null, "metrics and health");
        var logs = new LogArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var endpoint = redis.Endpoint(parsed, problems);
            var connection = redis.Options(parsed, problems);
            var options = processor.Read(parsed, endpoint, connection, redis.Stream(parsed), redis.Group(parsed), problems);
            var listen = http.Read(parsed, problems);
            UsageException.ThrowIfAny(parsed, problems);
            await RedisArguments.RequireAsync(endpoint, connection, cancellationToken);

            await using var app = RoleHost.Build(parsed, logs, listen, services => services.AddStreamgaugeProcessor(options));
            app.MapMetrics();
            var processors = app.Services.GetRequiredService<ProcessorService>();
            app.MapRoleHealth(() => processors.Problem, () => processors.Cautions);
            return await RoleHost.RunAsync(app, cancellationToken);
        });
        return command;
    }
}
