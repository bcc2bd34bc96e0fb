using System.CommandLine;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary><c>tail</c>: the events themselves, the newest and those that come.</summary>
internal static class TailCommand
{
    private const int LimitDefault = 10;

    public static Command Create()
    {
        var command = new Command("tail", """
            Print the newest events of a stream, and with --follow those that come, straight from Redis. Reads only.

            Examples:
              streamgauge tail
              streamgauge tail --follow --where "event_type == 'purchase' and value >= 100"
              streamgauge tail --limit 1000 --output json
            """);
        var redis = new RedisArguments(command);
        var output = OutputArgument.Create();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new events until Ctrl-C. A terminal gets at most 200 a second, and is told how many it did not get." };
        var where = new Option<string?>("--where") { Description = "Only events that pass this filter." };
        var limit = new Option<int>("--limit") { Description = $"Newest events to begin with, 0 to {TailLimits.EventsMax}.", DefaultValueFactory = _ => LimitDefault };
        foreach (var option in new Option[] { follow, where, limit, output }) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var endpoint = redis.Endpoint(parsed, problems);
            var options = redis.Options(parsed, problems);
            if (parsed.Get(limit) is < 0 or > TailLimits.EventsMax) problems.Add($"--limit must be 0 to {TailLimits.EventsMax}, was {parsed.Get(limit)}.");
            EventFilter? filter = null;
            if (parsed.Get(where) is { } text && !EventFilter.TryParse(text, out filter, out var fault)) problems.Add($"--where is no filter, see position {fault.Position}: {fault.Message}");
            UsageException.ThrowIfAny(parsed, problems);

            await using var printer = new TailPrinter(Console.Out, parsed.Get(output));
            var keys = new StreamKeys(redis.Stream(parsed));
            await using var connection = await RespConnection.ConnectAsync(endpoint, options, cancellationToken);
            var recent = await new RecentEventsReader(keys, new TailLimits()).ReadAsync(connection, filter, parsed.Get(limit), cancellationToken);
            foreach (var item in recent.Items.Reverse()) printer.Print(item);
            await printer.FlushAsync();
            if (!recent.IsComplete) await Console.Error.WriteLineAsync($"Searched the newest {recent.ScannedEntries:N0} entries; older ones may pass too.");
            if (!parsed.Get(follow)) return ExitCodes.Ok;
            await TailFollower.RunAsync(connection, new NewEventsReader(keys, new EntryUnpacker(filter), recent.NewestId ?? default), printer, isWatched: !Console.IsOutputRedirected, cancellationToken);
            return ExitCodes.Interrupted;
        });
        return command;
    }
}
