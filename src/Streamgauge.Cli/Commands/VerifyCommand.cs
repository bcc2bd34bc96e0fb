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
            Of views of sessions it compares the sessions the retained stream has whole, and all totals with the sessions stored; the report says how many it cannot compare.
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
            .Add("sessions", "sessions compared", result.SessionViews.Sum(view => view.Compared))
            .Add("sessions_out_of_reach", "sessions out of reach", result.SessionViews.Sum(view => view.OutOfReach))
            .Add("appended", "entries appended", books.Appended)
            .Add("counted", "  of them counted", books.Counted)
            .Add("dead", "  dead-lettered", books.DeadLettered)
            .Add("lost", "  lost", books.Lost)
            .Add("pending", "  pending", books.Pending)
            .Add("undelivered", "  undelivered", books.Undelivered is { } undelivered ? $"{undelivered:N0}" : "unknown: no group, or more than 100,000")
            .Add("unaccounted", "  unaccounted for", books.Unaccounted is { } unaccounted ? $"{unaccounted:N0}" : "unknown")
            .Add("drift", "counters that differ", result.Drifts.Count)
            .Write(Console.Out, OutputFormat.Table);
        foreach (var view in result.SessionViews.Where(view => view.IsBeyondLimit)) Console.WriteLine($"  {view.View} was beyond its limit: compared only that no id has more events than the stream; raise 'limit' and rebuild the view to compare all");
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
            ["session_views"] = new JsonArray([.. result.SessionViews.Select(view => new JsonObject { ["view"] = view.View, ["compared"] = view.Compared, ["out_of_reach"] = view.OutOfReach, ["beyond_limit"] = view.IsBeyondLimit })]),
            ["books"] = new JsonObject
            {
                ["appended"] = books.Appended, ["counted"] = books.Counted, ["dead_lettered"] = books.DeadLettered, ["lost"] = books.Lost,
                ["pending"] = books.Pending, ["undelivered"] = books.Undelivered, ["unaccounted"] = books.Unaccounted,
            },
            ["drift"] = new JsonArray([.. result.Drifts.Select(drift => new JsonObject { ["bucket"] = drift.Bucket, ["counter"] = drift.Counter, ["stored"] = drift.Found, ["expected"] = drift.Expected })]),
        };
    }
}
