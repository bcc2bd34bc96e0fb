using System.CommandLine;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>dlq show</c>: every field of dead letters.</summary>
internal static class DlqShowCommand
{
    private const int LimitDefault = 10;
    private const int LimitMax = 100_000; // as many as are kept

    public static Command Create()
    {
        var output = OutputArgument.Create();
        var limit = new Option<int>("--limit") { Description = $"Most letters to show of a reason, the oldest first, 1 to {LimitMax}.", DefaultValueFactory = _ => LimitDefault };
        var command = new Command("show", "Show every field of dead letters, by their ids or the oldest of a reason. JSON has one letter a line, whole; what is not UTF-8 is in name_base64 and value_base64.") { limit, output };
        var selection = new LetterSelection(command, all: null);
        var redis = new RedisArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            selection.FindProblems(parsed, problems);
            if (parsed.Get(limit) is < 1 or > LimitMax) problems.Add($"--limit must be 1 to {LimitMax}, was {parsed.Get(limit)}.");
            await using var connection = await redis.ConnectAsync(parsed, problems, cancellationToken);
            var shown = 0;
            await foreach (var letter in selection.ReadAsync(parsed, new DeadLetterStream(connection, new StreamKeys(redis.Stream(parsed))), withFields: true, cancellationToken))
            {
                if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(LetterText.Json(letter).ToJsonString());
                else LetterText.Print(letter, Console.Out);
                if (++shown == parsed.Get(limit) && selection.IsBulk(parsed)) break;
            }

            if (shown == 0 && selection.IsBulk(parsed)) await Console.Error.WriteLineAsync($"No {selection.Words(parsed)}; `streamgauge dlq list` shows what there is.");
            return DlqOutcome.Report(selection.Missing);
        });
        return command;
    }
}
