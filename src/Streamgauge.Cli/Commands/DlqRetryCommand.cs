using System.CommandLine;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>dlq retry</c>: has dead letters counted after all, each once.</summary>
internal static class DlqRetryCommand
{
    private const int LinesMax = 20; // of a bulk; the rest is told in numbers

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would become of them." };
        var command = new Command("retry", """
            Append dead letters to the stream again, in one atomic step each: with the same fields and event_id, and the event time they had, so that each is counted
            once, in the window it would have had. One that is still at fault becomes a dead letter again, with the number of its retries.
            """) { dryRun };
        var selection = new LetterSelection(command, "All dead letters there are now.");
        var changes = new FieldChanges(command);
        var redis = new RedisArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            selection.FindProblems(parsed, problems);
            var set = changes.Read(parsed, problems);
            await using var connection = await redis.ConnectAsync(parsed, problems, cancellationToken);
            var run = new RetryRun(new DeadLetterStream(connection, new StreamKeys(redis.Stream(parsed))), parsed.Get(dryRun));
            try
            {
                await foreach (var letter in selection.ReadAsync(parsed, run.Letters, withFields: true, cancellationToken)) await run.RetryAsync(letter, set, cancellationToken);
            }
            catch (RedisReplyException e) when (e.Code == "OOM")
            {
                run.Print();
                await Console.Error.WriteLineAsync("Redis is full (maxmemory), so it takes no more events back. The rest are dead letters as before; free memory or raise maxmemory, and run this again.");
                return ExitCodes.Failure;
            }

            run.Print();
            var outcome = DlqOutcome.Report(selection.Missing);
            return run.HasRefused ? ExitCodes.Failure : outcome;
        });
        return command;
    }

    /// <summary>Retries letter by letter and keeps count.</summary>
    private sealed class RetryRun(DeadLetterStream letters, bool isDry)
    {
        private long _appended;
        private long _faulty;
        private long _refused;
        private long _gone;
        private long _lines;

        public DeadLetterStream Letters => letters;

        public bool HasRefused => _refused > 0;

        public async Task RetryAsync(StoredDeadLetter letter, IReadOnlyList<KeyValuePair<string, string>> set, CancellationToken cancellationToken)
        {
            if (RetriedEntry.TryCreate(letter, set, out var refusal) is not { } entry)
            {
                _refused++;
                Say($"{letter.Id} cannot be retried: {TerminalText.Of(refusal)}.");
                return;
            }

            if (!isDry && await letters.RetryAsync(letter.Id, entry, cancellationToken) is null)
            {
                _gone++;
                return;
            }

            _appended++;
            if (entry.Fault == EventFault.None) return;
            _faulty++;
            Say($"{letter.Id} is still at fault and {(isDry ? "would become" : "becomes")} a dead letter again: {entry.Fault.WireName()}.");
        }

        public void Print()
        {
            if (_lines > LinesMax) Console.Error.WriteLine($"… and {_lines - LinesMax:N0} more.");
            var line = $"{_appended:N0} {(isDry ? "would be retried" : "retried")}";
            if (_faulty > 0) line += $", {_faulty:N0} of them still at fault";
            if (_refused > 0) line += $", {_refused:N0} cannot be retried";
            if (_gone > 0) line += $", {_gone:N0} were gone meanwhile";
            Console.WriteLine(line);
        }

        private void Say(string line)
        {
            if (++_lines <= LinesMax) Console.Error.WriteLine(line);
        }
    }
}
