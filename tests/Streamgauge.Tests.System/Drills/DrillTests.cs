using System.Text.Json.Nodes;
using Streamgauge.Drills;
using Streamgauge.TestKit;
using Xunit.Abstractions;

namespace Streamgauge.Tests.System;

/// <summary>The drill of the product: it holds, it can fail, and it leaves nothing behind.</summary>
public class DrillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_short_mixed_drill_loses_and_doubles_nothing()
    {
        var result = await StreamgaugeProcess.RunAsync(["drill", "--duration", "12s", "--json"], timeout: Bound);
        output.WriteLine(result.Errors);
        output.WriteLine(result.Output);
        Assert.Equal(0, result.ExitCode);
        var drill = JsonNode.Parse(result.Output)![0]!;
        Assert.True(drill["holds"]!.GetValue<bool>());
        Assert.True(drill["events"]!["ok"]!.GetValue<long>() > 1_000);
        foreach (var none in new[] { "lost", "doubled", "phantoms", "late", "dead_lettered" }) Assert.Equal(0, drill["events"]![none]!.GetValue<long>());
        foreach (var kind in MixedDrill.KindNames) Assert.True(drill["faults"]![kind]!.GetValue<int>() > 0, $"no {kind} happened");
    }

    [Theory]
    [InlineData("F02")]
    [InlineData("F04")]
    [InlineData("F07")]
    [InlineData("F08")]
    public async Task With_every_protection_in_place_the_rows_hold_that_fail_without_one(string row)
    {
        var result = await RunAsync(row, new Sabotage());
        Assert.True(result.Holds, Say(result));
    }

    [Fact]
    public async Task A_late_commit_of_a_zombie_that_nobody_checks_is_reported_as_doubled()
    {
        var result = await RunAsync("F02", new Sabotage { Library = WithoutProtection.Fence });
        Assert.True(result.Tally.Doubled > 0, Say(result));
        Assert.Contains("I1", Broken(result));
        Assert.Contains("I2", Broken(result));
    }

    [Fact]
    public async Task A_lost_reply_to_a_commit_that_counts_first_and_acknowledges_later_is_reported_as_doubled()
    {
        var result = await RunAsync("F04", new Sabotage { Library = WithoutProtection.AcknowledgementIsTheCommit });
        Assert.True(result.Tally.Doubled > 0, Say(result));
        Assert.Contains("I1", Broken(result));
    }

    [Fact]
    public async Task A_lost_reply_to_an_append_that_is_repeated_blindly_is_reported_as_doubled()
    {
        var result = await RunAsync("F04", new Sabotage { Library = WithoutProtection.Sequences });
        Assert.True(result.Tally.Doubled > 0, Say(result));
        Assert.Contains("I1", Broken(result));
    }

    [Fact]
    public async Task A_torn_append_only_file_that_nobody_repairs_is_reported()
    {
        var result = await RunAsync("F07", new Sabotage { SkipsRepair = true });
        Assert.False(result.Holds, Say(result));
        Assert.Contains("I1", Broken(result));
    }

    [Fact]
    public async Task What_a_replaced_master_takes_because_it_need_not_have_replicas_is_reported_as_lost()
    {
        var result = await RunAsync("F14", new Sabotage { SkipsMinReplicas = true });
        Assert.True(result.Tally.Lost > 0, Say(result));
        Assert.Contains("I6", Broken(result));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("KILL", null)]
    public async Task No_process_outlives_a_drill_however_it_ends(string signal, int? exitCode)
    {
        await using var drill = StreamgaugeProcess.Start("drill", "--duration", "60s", "--faults", "kill");
        await drill.WaitForTextAsync("entries in its hands", Bound);
        var children = Children(drill.Id);
        Assert.True(children.Count >= 3, $"only {children.Count} children");
        Signals.Send(signal, drill.Id);
        if (exitCode is { } code) Assert.Equal(code, await drill.WaitForExitAsync());
        await Eventually.Async(() => !children.Exists(Signals.IsRunning), "all children have ended");
    }

    private static async Task<DrillResult> RunAsync(string row, Sabotage sabotage)
    {
        var options = new DrillOptions { Program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "streamgauge.dll")], Seed = Random.Shared.Next(), Sabotage = sabotage };
        return await DrillRunner.RunAsync(ScenarioList.Find(row)!, options, CancellationToken.None);
    }

    private static IEnumerable<string> Broken(DrillResult result) => result.Invariants.Where(invariant => !invariant.Holds).Select(invariant => invariant.Id);

    private static string Say(DrillResult result) =>
        $"seed {result.Seed}: {string.Join("; ", result.Invariants.SelectMany(invariant => invariant.Findings))}\n{string.Join('\n', result.Journal)}";

    private static List<int> Children(int parent)
    {
        var found = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            try
            {
                // pid (name) state parent …
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                if (text[(text.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}") found.Add(id);
            }
            catch (IOException)
            {
                // it has ended meanwhile
            }
        }

        return found;
    }
}
