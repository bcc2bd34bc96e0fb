using System.CommandLine;
using Streamgauge.Drills;

namespace Streamgauge.Cli;

/// <summary><c>drill</c>: does the promise hold on this machine?</summary>
internal static class DrillCommand
{
    private static readonly Option<int?> Seed = new("--seed") { Description = "Decides what breaks when; the same seed repeats the same schedule. [default: a random one, which is printed]" };
    private static readonly Option<int> Seeds = new("--seeds") { Description = "Runs with so many seeds, one after the other, counting up from the first.", DefaultValueFactory = _ => 1 };
    private static readonly Option<HumanDuration> Duration = Parsers.Duration("--duration", TimeSpan.FromSeconds(60), "How long a mixed drill breaks things; recovery comes on top.");
    private static readonly Option<string?> Faults = new("--faults") { Description = $"Kinds of faults of a mixed drill, separated by commas: {string.Join(',', MixedDrill.KindNames)}. [default: all]", HelpName = "kinds" };
    private static readonly Option<string?> Scenarios = new("--scenario") { Description = "Rows of the fault matrix to run, each alone, separated by commas: F07, or all; see --list. [default: a mixed drill]", HelpName = "rows" };
    private static readonly Option<bool> List = new("--list") { Description = "List the rows of the fault matrix and what each must show." };
    private static readonly Option<double> Rate = new("--rate") { Description = "Events per second.", DefaultValueFactory = _ => 1_000 };
    private static readonly Option<OutputFormat> Output = OutputArgument.Create();
    private static readonly Option<bool> Json = new("--json") { Description = "The same as --output json." };

    public static Command Create()
    {
        var command = new Command("drill", """
            Check the promise on this machine: kill, pause, cut off and restart real processes and a real Redis under load, then compare every single event
            with what was counted. Uses a private Redis, which is removed afterwards: with failovers a master, two replicas and three sentinels. With --redis it uses
            yours, on a stream of its own: then only our own processes and the network in front of Redis are broken, never Redis. Exit code 5 when an invariant
            does not hold.

            Examples:
              streamgauge drill
              streamgauge drill --duration 5m --seed 7
              streamgauge drill --faults kill,redis-restart,failover
              streamgauge drill --scenario F07 --seeds 20 --json
              streamgauge drill --redis redis://staging:6379 --faults kill,pause,partition
              streamgauge drill --list
            """) { Seed, Seeds, Duration, Faults, Scenarios, List, Rate, Output, Json };
        var redis = new RedisArguments(command, ownByDefault: true, ownStream: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var given = redis.Given(parsed, problems);
            var connection = redis.Options(parsed, problems);
            if (given is { Topology: not null }) problems.Add("--redis must name one server here: the drill stands between it and its clients, and cannot follow where sentinels or a cluster send them. Give the address of the master.");
            if (given is { UseTls: true }) problems.Add("--redis cannot be rediss:// here: the drill stands between its clients and Redis, which TLS forbids.");
            var seed = parsed.Get(Seed) ?? Random.Shared.Next();
            var options = new DrillOptions
            {
                Program = Program(),
                Seed = seed,
                Duration = parsed.Get(Duration),
                Faults = Split(parsed.Get(Faults)),
                Rate = parsed.Get(Rate),
                Redis = given,
                Connection = connection,
                Progress = Console.Error.WriteLine,
            };
            problems.AddRange(options.FindProblems());
            if (parsed.Get(Seeds) is < 1 or > 1_000) problems.Add($"--seeds must be 1 to 1,000, was {parsed.Get(Seeds)}.");
            var scenarios = Find(parsed.Get(Scenarios), given is not null, problems);
            UsageException.ThrowIfAny(parsed, problems);
            var format = parsed.Get(Json) ? OutputFormat.Json : parsed.Get(Output);
            if (parsed.Get(List)) return DrillPrinter.PrintList(Console.Out, format);
            if (given is not null) await RedisArguments.RequireAsync(given, connection, cancellationToken);
            return await RunAsync(scenarios, options, parsed.Get(Seeds), format, cancellationToken);
        });
        return command;
    }

    /// <summary>How this executable is started once more.</summary>
    private static IReadOnlyList<string> Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "streamgauge.dll")] : [Environment.ProcessPath!];

    private static string[] Split(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The rows asked for; empty for a mixed drill.</summary>
    private static List<Scenario> Find(string? rows, bool isGiven, List<string> problems)
    {
        if (string.Equals(rows, "all", StringComparison.OrdinalIgnoreCase)) return [.. ScenarioList.All.Where(scenario => !isGiven || !scenario.NeedsOwnServer)];
        var found = new List<Scenario>();
        foreach (var row in Split(rows))
        {
            if (ScenarioList.Find(row) is not { } scenario) problems.Add(ScenarioList.Absent.FirstOrDefault(absent => absent.Id == row) is { } absent ? $"{row} cannot be drilled: {absent.Reason}" : $"'{row}' is no row of the fault matrix; `streamgauge drill --list` shows them.");
            else if (isGiven && scenario.NeedsOwnServer) problems.Add($"{scenario.Id} breaks Redis itself, which is never done to yours: leave out --redis.");
            else found.Add(scenario);
        }

        return found;
    }

    private static async Task<int> RunAsync(List<Scenario> scenarios, DrillOptions options, int seeds, OutputFormat format, CancellationToken cancellationToken)
    {
        var results = new List<DrillResult>();
        var isComplete = true;
        for (var i = 0; i < seeds; i++)
        {
            var seeded = options with { Seed = unchecked(options.Seed + i) };
            foreach (var scenario in scenarios.Count > 0 ? scenarios : [new MixedDrill(seeded)])
            {
                await Console.Error.WriteLineAsync($"{scenario.Id} with seed {seeded.Seed}: {scenario.Title}");
                if (scenario is MixedDrill mixed) foreach (var fault in mixed.Schedule) await Console.Error.WriteLineAsync($"  planned {fault}");
                try
                {
                    results.Add(await DrillRunner.RunAsync(scenario, seeded, cancellationToken));
                }
                catch (DrillException e)
                {
                    isComplete = false; // it shows nothing, for or against; the others may
                    await Console.Error.WriteLineAsync(e.Message);
                }
            }
        }

        DrillPrinter.Print(Console.Out, results, options, format);
        return results.Exists(result => !result.Holds) ? ExitCodes.Threshold : isComplete ? ExitCodes.Ok : ExitCodes.Failure;
    }
}
