using System.CommandLine;
using System.Text.Json.Nodes;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>bench</c>: what this machine carries.</summary>
internal static class BenchCommand
{
    private static readonly Option<long> Events = new("--events") { Description = "Events of the largest throughput run, all repetitions together.", DefaultValueFactory = _ => 10_000_000 };
    private static readonly Option<int> Repeat = new("--repeat") { Description = "Repetitions of each throughput run.", DefaultValueFactory = _ => 5 };
    private static readonly Option<double> Rate = new("--rate") { Description = "Rate of the latency run, events per second.", DefaultValueFactory = _ => 5_000 };
    private static readonly Option<HumanDuration> Duration = Parsers.Duration("--duration", TimeSpan.FromSeconds(20), "Length of the latency run.");
    private static readonly Option<int> Processors = new("--processors") { Description = "Processors counting.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Durability = new("--durability") { Description = "What the sender waits for: memory, everysec, always or replicated. The private Redis syncs its file accordingly; replicated needs a --redis with a replica.", DefaultValueFactory = _ => "memory" };
    private static readonly Option<double?> MinFramed = new("--min-framed") { Description = "Fail with exit code 5 below so many framed events per second." };
    private static readonly Option<double?> MinPlain = new("--min-plain") { Description = "Fail with exit code 5 below so many plain events per second." };
    private static readonly Option<double?> MaxP50 = new("--max-p50") { Description = "Fail with exit code 5 above this median latency in milliseconds." };
    private static readonly Option<string?> Views = new("--views") { Description = "JSON file of views: the reference workload is run with each of them as well, to show what it costs." };
    private static readonly Option<bool> Queries = new("--queries") { Description = "Also ask one API process of its own, beside the load of the latency run." };
    private static readonly Option<OutputFormat> Output = OutputArgument.Create();

    public static Command Create()
    {
        var command = new Command("bench", """
            Measure throughput (framed and plain) and open-loop latency, everything on this machine, with a private Redis (append-only file, everysec)
            in a temporary folder, or with a Redis of yours.

            Examples:
              streamgauge bench
              streamgauge bench --events 2000000 --duration 5s --output json
              streamgauge bench --views bench/views.json
              streamgauge bench --queries --duration 60s
              streamgauge bench --durability always
              streamgauge bench --redis redis://staging:6379 --min-framed 400000
            """) { Events, Repeat, Rate, Duration, Processors, Durability, MinFramed, MinPlain, MaxP50, Views, Queries, Output };
        var redis = new RedisArguments(command, ownByDefault: true, ownStream: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var given = redis.Given(parsed, problems);
            var connection = redis.Options(parsed, problems);
            var options = Read(parsed, problems);
            var own = new OwnRedisOptions { DataFolder = "", MaxMemoryBytes = 8L << 30, Fsync = options.Durability == DurabilityLevel.Always ? "always" : "everysec" };
            if (given is null && own.FindProblem(options.Durability) is { } problem) problems.Add(problem);
            UsageException.ThrowIfAny(parsed, problems);
            if (given is not null)
            {
                await RedisArguments.RequireAsync(given, connection, cancellationToken, new SenderOptions { Redis = given, Durability = options.Durability });
                return await RunAsync(parsed, given, options, cancellationToken);
            }

            var folder = Directory.CreateTempSubdirectory("streamgauge-bench-");
            try
            {
                await using var server = await OwnRedisServer.StartAsync(own with { DataFolder = folder.FullName }, cancellationToken);
                return await RunAsync(parsed, server.Endpoint, options, cancellationToken);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    private static BenchOptions Read(ParseResult parsed, List<string> problems)
    {
        var options = new BenchOptions
        {
            Events = parsed.Get(Events),
            Repeat = parsed.Get(Repeat),
            Rate = parsed.Get(Rate),
            Duration = parsed.Get(Duration),
            Processors = parsed.Get(Processors),
            Durability = SenderArguments.Level(parsed.Get(Durability), problems),
            Workloads = parsed.Get(Views) is { } file ? [.. Workload.All, .. DeclarationFile.Read(parsed, file).Select(Workload.With)] : Workload.All,
        };
        if (options.Repeat is < 1 or > 100) problems.Add($"--repeat must be 1 to 100, was {options.Repeat}.");
        if (options.Events < 1_000 * options.Repeat) problems.Add($"--events must be at least 1,000 per repetition, was {options.Events}.");
        if (options.Rate is not (>= 100 and <= 1_000_000)) problems.Add($"--rate must be 100 to 1,000,000, was {options.Rate}.");
        if (options.Duration < TimeSpan.FromSeconds(1) || options.Duration * options.Rate > TimeSpan.FromSeconds(50_000_000)) problems.Add("--duration must be at least 1 s, and together with --rate at most 50 million events.");
        if (options.Processors is < 1 or > 64) problems.Add($"--processors must be 1 to 64, was {options.Processors}.");
        return options;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RedisEndpoint redis, BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report().Add("machine", "machine", $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}");

        // Interleaved, so that a slow minute of the machine touches all workloads alike.
        var results = options.Workloads.ToDictionary(workload => workload.Name, _ => new List<ThroughputResult>(), StringComparer.Ordinal);
        for (var repetition = 0; repetition < options.Repeat; repetition++)
        {
            foreach (var workload in options.Workloads)
            {
                var result = await ThroughputRun.MeasureAsync(redis, workload, options, (ulong)repetition + 1, cancellationToken);
                results[workload.Name].Add(result);
                await Console.Error.WriteLineAsync($"{workload.Name} {repetition + 1}/{options.Repeat}: {result.Rate:N0} events/s");
            }
        }

        var medians = results.ToDictionary(workload => workload.Key, workload => Median(workload.Value, result => result.Rate), StringComparer.Ordinal);
        foreach (var workload in options.Workloads) Add(report, workload, results[workload.Name]);

        var latency = await LatencyRun.MeasureAsync(redis, options, cancellationToken);
        report.Add("latency_ms", "latency", $"p50 {latency.P50:0.00} ms, p99 {latency.P99:0.00} ms, p99.9 {latency.P999:0.00} ms, max {latency.Max:0.0} ms  (event due to readable, {latency.Samples:N0} events at {latency.ActualRate:N0}/s, open loop; of it the source's timer p50 {latency.SlipP50:0.00} ms, p99 {latency.SlipP99:0.00} ms)",
            new JsonObject { ["p50"] = Math.Round(latency.P50, 3), ["p99"] = Math.Round(latency.P99, 3), ["p999"] = Math.Round(latency.P999, 3), ["max"] = Math.Round(latency.Max, 3), ["slip_p50"] = Math.Round(latency.SlipP50, 3), ["slip_p99"] = Math.Round(latency.SlipP99, 3), ["samples"] = latency.Samples, ["rate"] = Math.Round(latency.ActualRate, 1) });
        report.Add("acknowledgement_ms", "acknowledgement", $"p50 {latency.AckP50:0.00} ms, p99 {latency.AckP99:0.00} ms  (of a send in the latency run, --durability {parsed.Get(Durability)})",
            new JsonObject { ["p50"] = Math.Round(latency.AckP50, 3), ["p99"] = Math.Round(latency.AckP99, 3) });
        if (parsed.Get(Queries)) Add(report, await QueryRun.MeasureAsync(redis, options, cancellationToken));
        report.Write(Console.Out, parsed.Get(Output));
        return Judge(parsed, medians, latency);
    }

    private static void Add(Report report, Workload workload, List<ThroughputResult> results)
    {
        var (rate, min, max) = (Median(results, result => result.Rate), results.Min(result => result.Rate), results.Max(result => result.Rate));
        var (redis, own) = (Median(results, result => result.RedisMicros), Median(results, result => result.OwnMicros));
        report.Add(workload.Name, workload.Name, $"{rate:N0} events/s  ({min:N0} to {max:N0}; CPU per event: Redis {redis:0.00} µs, all else {own:0.00} µs; {workload.Description})",
            new JsonObject { ["median"] = Math.Round(rate), ["min"] = Math.Round(min), ["max"] = Math.Round(max), ["redis_cpu_micros"] = Math.Round(redis, 3), ["own_cpu_micros"] = Math.Round(own, 3) });
    }

    private static void Add(Report report, QueryResult result)
    {
        foreach (var question in result.Questions)
        {
            report.Add($"{question.Name}_ms", question.Name, $"p50 {question.P50:0.00} ms, p99 {question.P99:0.00} ms, max {question.Max:0.0} ms  ({question.Samples:N0} times, due to last byte, open loop)",
                new JsonObject { ["p50"] = Math.Round(question.P50, 3), ["p99"] = Math.Round(question.P99, 3), ["max"] = Math.Round(question.Max, 3), ["samples"] = question.Samples });
        }

        report.Add("summaries_per_second", "summary", $"{result.SummariesPerSecond:N0} requests/s, {result.SummariesPerCpuSecond:N0} per second of the API's CPU time",
            new JsonObject { ["per_second"] = Math.Round(result.SummariesPerSecond), ["per_cpu_second"] = Math.Round(result.SummariesPerCpuSecond) });
    }

    private static double Median(List<ThroughputResult> results, Func<ThroughputResult, double> number) => results.Select(number).Order().ElementAt(results.Count / 2);

    private static int Judge(ParseResult parsed, Dictionary<string, double> medians, LatencyResult latency)
    {
        var missed = new List<string>();
        if (medians["framed"] < parsed.Get(MinFramed)) missed.Add($"framed is below {parsed.Get(MinFramed):N0} events/s");
        if (medians["plain"] < parsed.Get(MinPlain)) missed.Add($"plain is below {parsed.Get(MinPlain):N0} events/s");
        if (latency.P50 > parsed.Get(MaxP50)) missed.Add($"median latency is above {parsed.Get(MaxP50)} ms");
        foreach (var line in missed) Console.Error.WriteLine($"Threshold missed: {line}.");
        return missed.Count > 0 ? ExitCodes.Threshold : ExitCodes.Ok;
    }
}
