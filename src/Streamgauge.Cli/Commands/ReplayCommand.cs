using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Events;
using Streamgauge.Producing;

namespace Streamgauge.Cli;

/// <summary><c>replay</c>: events from a file or standard input.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> File = new("file") { Description = "CSV or NDJSON file, also .gz; - for standard input." };
    private static readonly Option<ReplayFormat> Format = new("--format") { Description = "Format; auto goes by the file's name, else by its first byte." };
    private static readonly Option<string?> Delimiter = new("--delimiter") { Description = "Between the fields of a CSV. [default: a tab for .tsv, else a comma]" };
    private static readonly Option<string[]> Map = new("--map") { Description = "field=column: which column fills which field. Repeatable.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Set = new("--set") { Description = "field=value: the same for every event. Repeatable.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> OnlyMapped = new("--only-mapped") { Description = "Leave out columns that are neither mapped nor named like a field." };
    private static readonly Option<double> Rate = new("--rate") { Description = "Events per second; 0 is full speed." };
    private static readonly Option<double> Speed = new("--speed") { Description = "Keep the pace of the timestamps: 1 is the original pace, 10 ten times as fast." };
    private static readonly Option<bool> Rebase = new("--rebase-time") { Description = "Move all timestamps by the same distance into the present." };
    private static readonly Option<bool> Strict = new("--strict") { Description = "Stop at the first malformed line." };
    private static readonly Option<OutputFormat> Output = OutputArgument.Create();

    public static Command Create()
    {
        var command = new Command("replay", """
            Replay events from a CSV or NDJSON file, or from standard input.
            The fields are event_id, user_id, event_type, product, session_id, value and ts; other columns become further fields.

            Examples:
              streamgauge replay events.ndjson
              streamgauge replay shop.csv --map ts=event_time product=product_id session_id=user_session value=price --rebase-time
              zcat old.csv.gz | streamgauge replay - --format csv --speed 60
            """) { File, Format, Delimiter, Map, Set, OnlyMapped, Rate, Speed, Rebase, Strict, Output };
        var redis = new RedisArguments(command);
        var sender = new SenderArguments(command);
        var logs = new LogArguments(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, redis, sender, logs, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RedisArguments redis, SenderArguments sender, LogArguments logs, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var options = Read(parsed, problems);
        var endpoint = redis.Endpoint(parsed, problems);
        var connection = redis.Options(parsed, problems);
        var how = sender.Read(parsed, endpoint, connection, redis.Stream(parsed), problems);
        problems.AddRange(options.Validate());
        UsageException.ThrowIfAny(parsed, problems);
        await RedisArguments.RequireAsync(endpoint, connection, cancellationToken, how);

        await using var app = RoleHost.Build(parsed, logs, http: null, services =>
        {
            services.AddSingleton(how);
            services.AddSingleton<SenderMetrics>();
            services.AddSingleton<BufferingSender>();
        });
        var bar = new ProgressBar(Console.Error, ProgressBar.IsInteractive(Console.IsErrorRedirected, Environment.GetEnvironmentVariable));
        var replay = new FileReplay(options, TimeProvider.System, bar, line =>
        {
            bar.Finish();
            Console.Error.WriteLine(line);
        });
        ReplaySummary summary;
        try
        {
            summary = await replay.RunAsync(app.Services.GetRequiredService<BufferingSender>(), cancellationToken);
        }
        finally
        {
            bar.Finish();
        }

        Print(summary, parsed.Get(Output));
        return summary.IsComplete ? ExitCodes.Ok : ExitCodes.Interrupted;
    }

    private static ReplayOptions Read(ParseResult parsed, List<string> problems)
    {
        var delimiter = parsed.Get(Delimiter);
        if (delimiter is { Length: not 1 }) problems.Add($"--delimiter must be one character, was '{delimiter}'.");
        var options = new ReplayOptions
        {
            Path = parsed.Get(File),
            Format = parsed.Get(Format),
            Delimiter = delimiter is { Length: 1 } ? delimiter[0] : null,
            OnlyMapped = parsed.Get(OnlyMapped),
            Rate = parsed.Get(Rate),
            Speed = parsed.Get(Speed),
            RebaseTime = parsed.Get(Rebase),
            Strict = parsed.Get(Strict),
        };
        foreach (var map in parsed.Get(Map) ?? []) options.Map.Add(map);
        foreach (var set in parsed.Get(Set) ?? []) options.Set.Add(set);
        return options;
    }

    private static void Print(ReplaySummary summary, OutputFormat format)
    {
        var report = new Report()
            .Add("complete", "complete", summary.IsComplete ? "yes" : "no, stopped", JsonValue.Create(summary.IsComplete))
            .Add("events", "events", summary.Events)
            .Add("malformed", "malformed lines", summary.Malformed);
        var reasons = new JsonObject();
        foreach (var (reason, count) in summary.MalformedByReason) reasons[reason] = count;
        report.Add("malformed_by_reason", "  by reason", summary.Malformed == 0 ? "-" : string.Join(", ", summary.MalformedByReason.Select(reason => $"{reason.Key} {reason.Value:N0}")), reasons);
        report.Add("value", "sum of values", (decimal)summary.ValueMicros / FixedPoint.MicrosPerUnit);
        report.Add("from", "first event", Time(summary.TimestampMsMin));
        report.Add("to", "last event", Time(summary.TimestampMsMax));
        report.Add("seconds", "seconds", decimal.Round((decimal)summary.Elapsed.TotalSeconds, 3));
        report.Write(Console.Out, format);
    }

    private static string Time(long? timestampMs) => timestampMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") : "-";
}
