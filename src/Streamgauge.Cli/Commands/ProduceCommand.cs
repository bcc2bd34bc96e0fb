using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Producing;
using Streamgauge.Telemetry;

namespace Streamgauge.Cli;

/// <summary><c>produce</c>: made-up shop events at a rate.</summary>
internal static class ProduceCommand
{
    public static Command Create()
    {
        var command = new Command("produce", """
            Produce made-up shop events at a steady rate.

            Examples:
              streamgauge produce --rate 20000
              streamgauge produce --count 1000000 --rate 0 --redis redis://cache:6379
              streamgauge produce --rate 20000 --spool /var/lib/streamgauge/spool --durability everysec
            """);
        var redis = new RedisArguments(command);
        var generator = new GeneratorArguments(command);
        var sender = new SenderArguments(command);
        var http = new HttpArguments(command, portDefault: null, "metrics and health");
        var logs = new LogArguments(command);
        var count = new Option<long?>("--count") { Description = "Events to produce; then stop. [default: no end]" };
        command.Options.Add(count);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var endpoint = redis.Endpoint(parsed, problems);
            var connection = redis.Options(parsed, problems);
            var what = generator.Read(parsed, problems);
            what.Count = parsed.Get(count);
            var how = sender.Read(parsed, endpoint, connection, redis.Stream(parsed), problems);
            var listen = http.Read(parsed, problems);
            UsageException.ThrowIfAny(parsed, problems);
            await RedisArguments.RequireAsync(endpoint, connection, cancellationToken, how);

            var end = new GeneratorEnd { StopsProcess = true };
            await using var app = RoleHost.Build(parsed, logs, listen, services => services.AddGenerator(what, how, end));
            app.MapMetrics();
            app.MapRoleHealth(() => ProducerHealth.Problem(app.Services.GetRequiredService<BufferingSender>()), () => []);
            var code = await RoleHost.RunAsync(app, cancellationToken);
            return code == ExitCodes.Ok ? end.Outcome : code;
        });
        return command;
    }
}
