using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Drills;

namespace Streamgauge.Cli;

/// <summary>Prints what drills showed: a table for people, or one JSON document.</summary>
internal static class DrillPrinter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The fault matrix.</summary>
    public static int PrintList(TextWriter output, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            var rows = new JsonArray([.. ScenarioList.All.Select(row => new JsonObject { ["id"] = row.Id, ["title"] = row.Title, ["promise"] = row.Promise }),
                .. ScenarioList.Absent.Select(row => new JsonObject { ["id"] = row.Id, ["title"] = row.Title, ["absent"] = row.Reason })]);
            output.WriteLine(rows.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        var table = new TextTable("row", "what breaks", "what must hold");
        var lines = ScenarioList.All.Select(row => (row.Id, row.Title, Right: row.Promise)).Concat(ScenarioList.Absent.Select(row => (row.Id, row.Title, Right: "cannot be drilled here: " + row.Reason)));
        foreach (var (id, title, right) in lines.OrderBy(line => line.Id, StringComparer.Ordinal)) table.Add(id, title, right);
        table.Write(output);
        return ExitCodes.Ok;
    }

    public static void Print(TextWriter output, IReadOnlyList<DrillResult> results, DrillOptions options, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(new JsonArray([.. results.Select(result => Json(result, options))]).ToJsonString(Indented));
            return;
        }

        var table = new TextTable("drill", ">seed", ">sent", ">ok", ">rejected", ">unknown", ">lost", ">doubled", ">in window", ">late", ">dead", ">refused", ">recovery", "verdict");
        foreach (var result in results)
        {
            var tally = result.Tally;
            table.Add(result.Scenario.Id, $"{result.Seed}", $"{tally.Sent:N0}", $"{tally.Ok:N0}", $"{tally.Rejected:N0}", $"{tally.Unknown:N0}", $"{tally.Lost:N0}", $"{tally.Doubled:N0}",
                $"{tally.LostWithinWindow:N0}", $"{tally.Late:N0}", $"{tally.DeadLettered:N0}", $"{result.Fenced:N0}", Longest(result), result.Holds ? "holds" : "BROKEN");
        }

        table.Write(output);
        if (results.Count == 1) PrintFaults(output, results[0]);
        foreach (var result in results.Where(result => !result.Holds)) PrintBroken(output, result, options);
    }

    private static void PrintFaults(TextWriter output, DrillResult result)
    {
        output.WriteLine();
        var table = new TextTable("fault", ">times", ">recovery (median)", ">recovery (longest)");
        foreach (var (kind, times) in result.Faults)
        {
            var recoveries = result.Recoveries.Where(recovery => recovery.Fault == kind).Select(recovery => recovery.Time ?? TimeSpan.MaxValue).Order().ToList();
            table.Add(kind, $"{times}", recoveries.Count > 0 ? Seconds(recoveries[recoveries.Count / 2]) : "", recoveries.Count > 0 ? Seconds(recoveries[^1]) : "");
        }

        table.Write(output);
        output.WriteLine();
        foreach (var invariant in result.Invariants) output.WriteLine($"{invariant.Id}  {(invariant.Holds ? "holds " : "BROKEN")}  {invariant.Statement}");
        output.WriteLine($"Memory: a processor {result.ProcessorBytesMax >> 20} MiB, Redis {result.RedisBytesMax >> 20} MiB at most.");
    }

    private static void PrintBroken(TextWriter output, DrillResult result, DrillOptions options)
    {
        output.WriteLine();
        output.WriteLine($"{result.Scenario.Id} with seed {result.Seed} broke:");
        foreach (var invariant in result.Invariants.Where(invariant => !invariant.Holds))
        {
            output.WriteLine($"  {invariant.Id}  {invariant.Statement}");
            foreach (var finding in invariant.Findings) output.WriteLine($"      {TerminalText.Of(finding)}");
        }

        output.WriteLine($"To repeat it: {Repeat(result, options)}");
    }

    private static string Repeat(DrillResult result, DrillOptions options)
    {
        var words = result.Scenario is MixedDrill ? $" --duration {new HumanDuration(options.Duration)}{(options.Faults.Count > 0 ? " --faults " + string.Join(',', options.Faults) : "")}" : $" --scenario {result.Scenario.Id}";
        return $"streamgauge drill{words} --seed {result.Seed} --rate {options.Rate:0.###}{(options.Redis is null ? "" : $" --redis {options.Redis}")}";
    }

    private static JsonObject Json(DrillResult result, DrillOptions options)
    {
        var tally = result.Tally;
        return new JsonObject
        {
            ["drill"] = result.Scenario.Id,
            ["seed"] = result.Seed,
            ["holds"] = result.Holds,
            ["seconds"] = Math.Round(result.Elapsed.TotalSeconds, 3),
            ["events"] = new JsonObject
            {
                ["sent"] = tally.Sent, ["ok"] = tally.Ok, ["rejected"] = tally.Rejected, ["unknown"] = tally.Unknown, ["unknown_counted"] = tally.UnknownCounted, ["lost"] = tally.Lost,
                ["lost_within_window"] = tally.LostWithinWindow, ["doubled"] = tally.Doubled, ["phantoms"] = tally.Phantoms, ["late"] = tally.Late, ["dead_lettered"] = tally.DeadLettered,
            },
            ["commits_refused"] = result.Fenced,
            ["processor_bytes_max"] = result.ProcessorBytesMax,
            ["redis_bytes_max"] = result.RedisBytesMax,
            ["schedule"] = result.Scenario is MixedDrill mixed ? new JsonArray([.. mixed.Schedule.Select(Json)]) : null,
            ["journal"] = new JsonArray([.. result.Journal.Select(line => JsonValue.Create(line.Trim()))]),
            ["faults"] = new JsonObject(result.Faults.Select(fault => KeyValuePair.Create(fault.Key, (JsonNode?)fault.Value))),
            ["recoveries"] = new JsonArray([.. result.Recoveries.Select(recovery => new JsonObject { ["fault"] = recovery.Fault, ["seconds"] = recovery.Time is { } time ? Math.Round(time.TotalSeconds, 3) : null })]),
            ["invariants"] = new JsonArray([.. result.Invariants.Select(Json)]),
            ["repeat"] = Repeat(result, options),
        };
    }

    private static JsonObject Json(TimedFault fault) =>
        new() { ["at"] = Math.Round(fault.At.TotalSeconds, 3), ["fault"] = fault.Kind, ["seconds"] = Math.Round(fault.Length.TotalSeconds, 3), ["place"] = Math.Round(fault.Place, 6) };

    private static JsonObject Json(InvariantResult invariant) =>
        new() { ["id"] = invariant.Id, ["statement"] = invariant.Statement, ["holds"] = invariant.Holds, ["findings"] = new JsonArray([.. invariant.Findings.Select(finding => JsonValue.Create(finding))]) };

    private static string Longest(DrillResult result) => result.Recoveries.Count == 0 ? "" : Seconds(result.Recoveries.Max(recovery => recovery.Time ?? TimeSpan.MaxValue));

    private static string Seconds(TimeSpan time) => time == TimeSpan.MaxValue ? "never" : $"{time.TotalSeconds:0.00} s";
}
