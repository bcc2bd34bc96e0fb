using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Processing;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Serving;
using Streamgauge.Streams;
using Streamgauge.Telemetry;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary><c>up</c>: everything in one process, with a Redis of its own.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan ApplyAgainAfter = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var command = new Command("up", """
            Start everything: a private Redis, the producer, processors and the API. Ctrl-C stops all of it and loses nothing.

            Examples:
              streamgauge up
              streamgauge up --rate 20000 --processors 2 --port 9000 --data /var/lib/streamgauge
              streamgauge up --views examples/web-shop.json
              streamgauge up --no-producer --redis redis://cache:6379
              streamgauge up --observe
            """);
        var redis = new RedisArguments(command, ownByDefault: true);
        var own = new OwnRedisArguments(command);
        var generator = new GeneratorArguments(command);
        var sender = new SenderArguments(command);
        var processor = new ProcessorArguments(command);
        var http = new HttpArguments(command, portDefault: 8080, "the API");
        var logs = new LogArguments(command);
        var noProducer = new Option<bool>("--no-producer") { Description = "Count what others produce; make nothing up." };
        var views = new Option<string?>("--views") { Description = "JSON file of views to count beside the built-in counters; see `streamgauge views`." };
        var observe = new Option<bool>("--observe") { Description = "Also start Prometheus, if it is installed, with our rules and alerts; its data is in the folder of --data." };
        command.Options.Add(noProducer);
        command.Options.Add(views);
        command.Options.Add(observe);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var given = redis.Given(parsed, problems);
            var ownOptions = own.Read(parsed, problems);
            var listen = http.Read(parsed, problems);
            Roles ReadRoles(RedisEndpoint endpoint, List<string> found) => new(
                processor.Read(parsed, endpoint, redis.Options(parsed, found), redis.Stream(parsed), redis.Group(parsed), found),
                parsed.Get(noProducer) ? null : generator.Read(parsed, found),
                sender.Read(parsed, endpoint, redis.Options(parsed, found), redis.Stream(parsed), found));
            var all = ReadRoles(given ?? new RedisEndpoint { SocketPath = "/" }, problems); // every mistake before anything starts
            if (given is null && all.Generator is not null && ownOptions.FindProblem(all.Sender.Durability) is { } problem) problems.Add(problem);
            UsageException.ThrowIfAny(parsed, problems);
            var declared = parsed.Get(views) is { } file ? DeclarationFile.Read(parsed, file) : null;

            await using var server = given is null ? await OwnRedisServer.StartAsync(ownOptions, cancellationToken) : null;
            var endpoint = given ?? server!.Endpoint;
            await RedisArguments.RequireAsync(endpoint, redis.Options(parsed, []), cancellationToken, all.Generator is null ? null : all.Sender);
            var end = new GeneratorEnd();
            await using var app = Compose(parsed, logs, listen!, ReadRoles(endpoint, []), end);
            await RoleHost.StartAsync(app, cancellationToken);
            await RoleHost.WaitForFirstAnswerAsync(app);
            await using var prometheus = parsed.Get(observe)
                ? await OwnPrometheus.TryStartAsync(Path.Combine(ownOptions.DataFolder, "prometheus"), new Uri(RoleHost.Address(app)), redis.Stream(parsed), cancellationToken)
                : null;
            Say(app, endpoint, redis.Stream(parsed), server, prometheus);
            if (declared is not null) await ApplyAsync(endpoint, redis.Options(parsed, []), redis.Stream(parsed), redis.Group(parsed), declared, app.Lifetime.ApplicationStopping);
            await LiveLine.RunAsync(endpoint, redis.Options(parsed, []), redis.Stream(parsed), redis.Group(parsed), all.Generator is null ? null : app.Services.GetRequiredService<BufferingSender>(), app.Lifetime.ApplicationStopping);
            var code = await RoleHost.WaitAsync(app);
            await Console.Error.WriteLineAsync(server is null ? "Stopped." : ownOptions.Fsync == "off" ? "Stopped; nothing was kept (--fsync off)." : "Stopped; the data is kept and the next `up` goes on from here.");
            return code == ExitCodes.Ok ? end.Outcome : code;
        });
        return command;
    }

    /// <summary>Counts what is declared, beside counting: whatever stands in the way of new views must not keep the others from being counted.</summary>
    private static async Task ApplyAsync(RedisEndpoint endpoint, RedisOptions options, string stream, string group, IReadOnlyList<ViewDefinition> declared, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await using var connection = await RedisArguments.ConnectAsync(endpoint, options, stopping);
                await ViewsApplyCommand.RunAsync(connection, stream, group, declared, drops: false, stopping);
                return;
            }
            catch (CatalogBusyException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                await Task.Delay(ApplyAgainAfter, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is CatalogException or RedisException or FormatException)
            {
                await Console.Error.WriteLineAsync($"The declared views were not applied: {e.Message} What was counted before is counted on; `streamgauge views apply` tries again.");
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }

            if (stopping.IsCancellationRequested) return;
        }
    }

    // Registered in the order data flows back: the producer stops first, then the API, then the processors drain.
    private static WebApplication Compose(ParseResult parsed, LogArguments logs, Listening listen, Roles roles, GeneratorEnd end)
    {
        var app = RoleHost.Build(parsed, logs, listen, services =>
        {
            services.AddStreamgaugeProcessor(roles.Processor);
            services.AddSingleton<IHealthContributor, ProcessorHealth>();
            services.AddStreamgaugeServing(options =>
            {
                options.Endpoint = roles.Processor.Redis;
                options.Connection.Tls = roles.Processor.Connection.Tls;
                options.Stream = roles.Processor.Stream;
                options.Group = roles.Processor.Group;
            });
            if (roles.Generator is null) return;
            services.AddGenerator(roles.Generator, roles.Sender, end);
            services.AddSingleton<IHealthContributor, ProducerHealth>();
        });
        app.UseApiMetrics();
        app.UseCorrelationId();
        app.MapMetrics();
        app.MapStreamgauge();
        return app;
    }

    private static void Say(WebApplication app, RedisEndpoint endpoint, string stream, OwnRedisServer? server, OwnPrometheus? prometheus)
    {
        var address = RoleHost.Address(app);
        Console.WriteLine($"""
            Streamgauge is up. Ctrl-C stops it.

              page      {address}/
              numbers   {address}/aggregates
              summary   {address}/aggregates/summary
              health    {address}/health
              metrics   {address}/metrics
              redis     {RedisCli(endpoint, stream)}{(server is null ? "" : "  (private; its log: " + server.LogFile + ")")}{(prometheus is null ? "" : $"\n  alerts    {prometheus.Address}alerts")}

            """);
    }

    private static string RedisCli(RedisEndpoint endpoint, string stream) =>
        endpoint.SocketPath is { } socket ? $"redis-cli -s {socket} HGETALL {new StreamKeys(stream).Aggregates}" : endpoint.ToString();

    private sealed record Roles(ProcessorOptions Processor, GeneratorOptions? Generator, SenderOptions Sender);
}
