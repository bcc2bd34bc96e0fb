using System.CommandLine;
using Streamgauge.Serving;
using Streamgauge.Telemetry;

namespace Streamgauge.Cli;

/// <summary><c>serve</c>: the counters over HTTP.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", """
            Serve the counters over HTTP, with health and metrics. Writes nothing but the function library, if Redis lacks it; start as many as you like.

            Examples:
              streamgauge serve
              streamgauge serve --port 9000 --bind 0.0.0.0 --redis redis://cache:6379
            """);
        var redis = new RedisArguments(command);
        var http = new HttpArguments(command, portDefault: 8080, "the API");
        var logs = new LogArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var endpoint = redis.Endpoint(parsed, problems);
            var connection = redis.Options(parsed, problems);
            var listen = http.Read(parsed, problems);
            UsageException.ThrowIfAny(parsed, problems);
            await RedisArguments.RequireAsync(endpoint, connection, cancellationToken);

            await using var app = RoleHost.Build(parsed, logs, listen, services => services.AddStreamgaugeServing(options =>
            {
                options.Endpoint = endpoint;
                options.Connection.Tls = connection.Tls;
                options.Stream = redis.Stream(parsed);
                options.Group = redis.Group(parsed);
            }));
            app.UseApiMetrics();
            app.UseCorrelationId();
            app.MapMetrics();
            app.MapStreamgauge();
            await RoleHost.StartAsync(app, cancellationToken);
            await RoleHost.WaitForFirstAnswerAsync(app);
            await Console.Error.WriteLineAsync($"Serving {RoleHost.Address(app)}/aggregates");
            await Console.Error.WriteLineAsync($"Open {RoleHost.Address(app)}/ to see it live.");
            return await RoleHost.WaitAsync(app);
        });
        return command;
    }
}
