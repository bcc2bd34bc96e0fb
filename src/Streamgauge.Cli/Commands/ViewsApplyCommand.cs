using System.CommandLine;
using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary><c>views apply</c>: brings what is counted to what is declared, while counting goes on.</summary>
internal static class ViewsApplyCommand
{
    public static Command Create()
    {
        var file = DeclarationFile.Argument();
        var drop = DropOption();
        var command = new Command("apply", "Count what the file declares. New and changed views are counted from the retained stream and swapped in at once; processors need no restart. May be stopped and run again: it goes on where it stopped.") { file, drop };
        var redis = new RedisArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var declared = DeclarationFile.Read(parsed, file);
            await using var connection = await redis.ConnectAsync(parsed, cancellationToken);
            await RunAsync(connection, redis.Stream(parsed), redis.Group(parsed), declared, parsed.Get(drop), cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }

    public static Option<bool> DropOption() => new("--drop") { Description = "Drop views that are counted and not declared, with all their counts. Without it they are kept." };

    /// <summary>Applies a declaration and says what it does.</summary>
    public static async Task RunAsync(RespConnection connection, string stream, string group, IReadOnlyList<ViewDefinition> declared, bool drops, CancellationToken cancellationToken)
    {
        var editor = new CatalogEditor(connection, new StreamKeys(stream), group);
        await ViewsPlanCommand.PrintAsync(connection, stream, await editor.PlanAsync(declared, drops, cancellationToken), Console.Error, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        RebuildProgress? last = null;
        var said = start;
        await editor.ApplyAsync(declared, drops, Report, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start);
        await Console.Error.WriteLineAsync(last is null
            ? $"{Counted(declared.Count)} as declared."
            : $"{Counted(declared.Count)} as declared; {last.Events:N0} events of {last.Entries:N0} retained entries were counted for them in {elapsed.TotalSeconds:0.0} s.");

        static string Counted(int views) => views == 1 ? "1 view is counted" : $"{views} views are counted";

        void Report(RebuildProgress progress)
        {
            last = progress;
            if (Stopwatch.GetElapsedTime(said) < TimeSpan.FromSeconds(2)) return;
            said = Stopwatch.GetTimestamp();
            Console.Error.WriteLine($"  counted up to {progress.Cursor.Arrival:yyyy-MM-dd HH:mm:ss}Z of {progress.End.Arrival:yyyy-MM-dd HH:mm:ss}Z, {progress.Events:N0} events");
        }
    }
}
