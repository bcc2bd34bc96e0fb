using System.CommandLine;
using System.Text.Json.Nodes;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>status</c>: the counters and how far to trust them, straight from Redis.</summary>
internal static class StatusCommand
{
    private const int RowsMax = 20;

    public static Command Create()
    {
        var command = new Command("status", """
            Print the counters and how complete they are, straight from Redis.

            Examples:
              streamgauge status
              streamgauge status --redis unix:///run/redis.sock --output json
              streamgauge status --wait 30s      # until everything that was appended is counted
            """);
        var redis = new RedisArguments(command);
        var output = OutputArgument.Create();
        var wait = Parsers.Duration("--wait", TimeSpan.Zero, "Wait up to this long until nothing is pending or undelivered; exit code 3 if it is not.");
        command.Options.Add(output);
        command.Options.Add(wait);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await redis.ConnectAsync(parsed, cancellationToken);
            var reader = new AggregatesReader(new StreamKeys(redis.Stream(parsed)), redis.Group(parsed));
            var deadline = DateTime.UtcNow + parsed.Get(wait);
            var snapshot = await reader.ReadAsync(connection, cancellationToken);
            while (snapshot.Group.OldestOpen is not null && DateTime.UtcNow < deadline)
            {
                await Task.Delay(50, cancellationToken);
                snapshot = await reader.ReadAsync(connection, cancellationToken);
            }

            Print(snapshot, parsed.Get(output));
            if (!snapshot.Group.GroupExists && parsed.Get(output) == OutputFormat.Table)
                await Console.Error.WriteLineAsync($"No processor has counted '{redis.Stream(parsed)}' as group '{redis.Group(parsed)}' yet: start one with `streamgauge process`, or correct --stream or --group.");
            return parsed.Get(wait) > TimeSpan.Zero && snapshot.Group.OldestOpen is not null ? ExitCodes.Unhealthy : ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(AggregatesSnapshot snapshot, OutputFormat format)
    {
        var report = new Report()
            .Add("total_count", "events", snapshot.TotalCount)
            .Add("total_value", "sum of values", FixedPoint.ToDecimal(snapshot.TotalValueMicros))
            .Add("sessions", "sessions", snapshot.SessionCount)
            .Add("products", "products", snapshot.Products.Count)
            .Add("pending", "pending entries", snapshot.Group.Pending)
            .Add("lag_seconds", "lag in seconds", (decimal)snapshot.Group.Lag.TotalSeconds)
            .Add("dead_letters", "dead letters", snapshot.Books.DeadEntries + snapshot.Books.DeadEvents)
            .Add("dead_retried", "  retried", snapshot.Books.DeadRetried)
            .Add("dead_dropped", "  dropped", snapshot.Books.DeadDropped)
            .Add("dead_evicted", "  pushed out by newer", snapshot.Books.DeadEvicted)
            .Add("dead_stored", "  there now", snapshot.DeadLetters.Stored)
            .Add("lost", "lost entries", snapshot.Books.Lost)
            .Add("residue", "failed increments", snapshot.Books.Residue)
            .Add("late", "late events", snapshot.Books.Late)
            .Add("event_types", "event types", Line(snapshot.EventTypes.Top(RowsMax)), Json(snapshot.EventTypes.Top(RowsMax)))
            .Add("top_products", "top products", Line(snapshot.Products.Top(RowsMax)), Json(snapshot.Products.Top(RowsMax)));
        report.Write(Console.Out, format);
    }

    private static string Line(IReadOnlyList<GroupTotal> groups) =>
        groups.Count == 0 ? "-" : string.Join(", ", groups.Select(group => $"{group.Name} {group.Count:N0}"));

    private static JsonObject Json(IReadOnlyList<GroupTotal> groups)
    {
        var result = new JsonObject();
        foreach (var group in groups) result[group.Name] = group.Count;
        return result;
    }
}
