using System.CommandLine;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>dlq drop</c>: gives dead letters up for good.</summary>
internal static class DlqDropCommand
{
    public static Command Create()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask. Needed with --reason and --all where nobody can be asked." };
        var command = new Command("drop", "Delete dead letters for good: their events will never be counted. Counted as dead_dropped.") { yes };
        var selection = new LetterSelection(command, "All dead letters.");
        var redis = new RedisArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            selection.FindProblems(parsed, problems);
            var mustAsk = selection.IsBulk(parsed) && !parsed.Get(yes);
            if (mustAsk && Console.IsInputRedirected) problems.Add("Dropping --all or all of a --reason needs --yes when standard input is no terminal.");
            await using var connection = await redis.ConnectAsync(parsed, problems, cancellationToken);
            var letters = new DeadLetterStream(connection, new StreamKeys(redis.Stream(parsed)));
            var ids = new List<StreamEntryId>();
            await foreach (var letter in selection.ReadAsync(parsed, letters, withFields: false, cancellationToken)) ids.Add(letter.Id);
            if (mustAsk && ids.Count > 0 && !Ask($"Drop {ids.Count:N0} {selection.Words(parsed)} for good?")) return ExitCodes.Failure;

            var dropped = 0L;
            foreach (var page in ids.Chunk(DeadLetterStream.DroppedAtOnceMax)) dropped += await letters.DropAsync(page, cancellationToken);
            Console.WriteLine($"{dropped:N0} dropped");
            return DlqOutcome.Report(selection.Missing);
        });
        return command;
    }

    private static bool Ask(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim() is "y" or "Y" or "yes") return true;
        Console.Error.WriteLine("Nothing was dropped.");
        return false;
    }
}
