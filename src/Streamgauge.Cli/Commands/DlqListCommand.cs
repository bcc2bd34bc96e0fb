using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>dlq list</c>: the dead letters, grouped by reason.</summary>
internal static class DlqListCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var output = OutputArgument.Create();
        var command = new Command("list", "How many dead letters of which reason there are, the most frequent first: how many came back after a retry, when the first and the last were buried, and the entry the last one was.") { output };
        var redis = new RedisArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await redis.ConnectAsync(parsed, cancellationToken);
            var sorted = await DeadLetterSummary.ByReasonAsync(new DeadLetterStream(connection, new StreamKeys(redis.Stream(parsed))).ReadAsync(withFields: false, cancellationToken));
            if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(new JsonArray([.. sorted.Select(Json)]).ToJsonString(Indented));
            else if (sorted.Count == 0) await Console.Error.WriteLineAsync("No dead letters.");
            else Print(sorted);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(IReadOnlyList<DeadLetterSummary> reasons)
    {
        var table = new TextTable("reason", ">count", ">retried", "oldest", "newest", "origin of the newest");
        foreach (var reason in reasons)
            table.Add(TerminalText.Of(reason.Reason), reason.Count.ToString("N0"), reason.Retried.ToString("N0"), LetterText.Time(reason.Oldest!.Id), LetterText.Time(reason.Newest!.Id), LetterText.Origin(reason.Newest));
        table.Write(Console.Out);
    }

    private static JsonObject Json(DeadLetterSummary reason) => new()
    {
        ["reason"] = reason.Reason,
        ["count"] = reason.Count,
        ["retried"] = reason.Retried,
        ["oldest"] = reason.Oldest!.Id.ToString(),
        ["newest"] = reason.Newest!.Id.ToString(),
        ["origin"] = reason.Newest.Origin.ToString(),
        ["index"] = reason.Newest.Index,
    };
}
