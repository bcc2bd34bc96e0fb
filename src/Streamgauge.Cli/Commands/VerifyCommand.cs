using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>verify</c>: are the stored numbers those of the stream?</summary>
internal static class VerifyCommand
{
    private const int DriftsShown = 20;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var command = new Command("verify", """
            Count the retained stream again and compare with every stored counter, while counting goes on. Takes at most half of Redis's time.
            Also balances the books: appended = counted + dead-lettered + lost + pending + undelivered. Exit code 3 when a number differs.

            Examples:
              streamgauge verify
              streamgauge verify --redis unix:///run/redis.sock --output json
            """);
        var redis = new RedisArguments(command);
        var output = OutputArgument.Create();
        command.Options.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await redis.ConnectAsync(parsed, cancellationToken);
            var result = await new StreamVerifier(connection, new StreamKeys(redis.Stream(parsed)), redis.Group(parsed)).RunAsync(_ => { }, cancellationToken);
            if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(Json(result).ToJsonString(Indented));
            else Print(result);
            return result.IsSound ? ExitCodes.Ok : ExitCodes.Unhealthy;
        });
        return command;
    }

    private static void Print(Verification result)
    {
        var books = result.Books;
        new Report()
            .Add("entries", "entries counted again", result.Entries)
            .Add("events", "events counted again", result.Events)
            .Add("since", "complete since", result.Since is { } since ? $"{since:yyyy-MM-dd HH:mm:ss}Z (older entries are trimmed)" : "the stream began")
            .Add("compared", "buckets compared", result.BucketsCompared)
            .Add("out_of_reach", "buckets out of reach", result.BucketsOutOfReach)
            .Add("appended", "entries appended", books.Appended)
            .Add("counted", "  of them counted", books.Counted)
            .Add("dead", "  dead-lettered", books.DeadLettered)
            .Add("lost", "  lost", books.Lost)
            .Add("pending", "  pending", books.Pending)
            .Add("undelivered", "  undelivered", books.Undelivered is { } undelivered ? $"{undelivered:N0}" : "unknown: no group, or more than 100,000")
            .Add("unaccounted", "  unaccounted for", books.Unaccounted is { } unaccounted ? $"{unaccounted:N0}" : "unknown")
            .Add("drift", "counters that differ", result.Drifts.Count)
            .Write(Console.Out, OutputFormat.Table);
        foreach (var drift in result.Drifts.Take(DriftsShown)) Console.WriteLine($"  {drift.Bucket} {TerminalText.Of(drift.Counter)}: stored {TerminalText.Of(drift.Found ?? "nothing")}, the stream gives {drift.Expected ?? "nothing"}");
        if (result.Drifts.Count > DriftsShown) Console.WriteLine($"  … and {result.Drifts.Count - DriftsShown:N0} more: --output json lists all");
    }

    private static JsonObject Json(Verification result)
    {
        var books = result.Books;
        return new JsonObject
        {
            ["sound"] = result.IsSound,
            ["entries"] = result.Entries,
            ["events"] = result.Events,
            ["since"] = result.Since,
            ["buckets_compared"] = result.BucketsCompared,
            ["buckets_out_of_reach"] = result.BucketsOutOfReach,
            ["books"] = new JsonObject
            {
                ["appended"] = books.Appended, ["counted"] = books.Counted, ["dead_lettered"] = books.DeadLettered, ["lost"] = books.Lost,
                ["pending"] = books.Pending, ["undelivered"] = books.Undelivered, ["unaccounted"] = books.Unaccounted,
            },
            ["drift"] = new JsonArray([.. result.Drifts.Select(drift => new JsonObject { ["bucket"] = drift.Bucket, ["counter"] = drift.Counter, ["stored"] = drift.Found, ["expected"] = drift.Expected })]),
        };
    }
}
