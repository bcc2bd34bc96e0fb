using System.Text.RegularExpressions;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>The rules and the configuration of <c>deploy/prometheus</c>, judged by promtool and by what we ask of an alert.</summary>
public sealed partial class AlertTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static TheoryData<string> TestFiles() => [.. Alert.TestFiles.Select(file => Path.GetFileName(file)!)];

    [Fact]
    public async Task Rules_are_clean_to_the_last_lint()
    {
        var (exitCode, output) = await PromtoolAsync(["check", "rules", "--lint=all", "--lint-fatal", .. Alert.RuleFiles]);
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task The_configuration_is_valid_with_everything_it_names()
    {
        var (exitCode, output) = await PromtoolAsync("check", "config", Path.Combine(Alert.Folder, "prometheus.yml"));
        Assert.True(exitCode == 0 && !output.Contains("WARNING", StringComparison.Ordinal), output);
        foreach (var file in Alert.RuleFiles) Assert.Contains(file, output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestFiles))]
    public async Task Alerts_fire_when_they_should_and_only_then(string file)
    {
        var (exitCode, output) = await PromtoolAsync("test", "rules", Path.Combine(Alert.Folder, "tests", file));
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var cases = string.Concat(await Task.WhenAll(Alert.TestFiles.Select(file => File.ReadAllTextAsync(file))));
        var quiet = Quiet().Matches(cases).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var firing = Firing().Matches(cases).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Names(), quiet.Order(StringComparer.Ordinal));
        Assert.Equal(Names(), firing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_alert_says_how_urgent_it_is_what_it_means_and_where_to_read_on()
    {
        Assert.True(Alert.All.Count >= 30, $"only {Alert.All.Count} alerts found; the pattern no longer fits the files");
        Assert.Distinct(Alert.All.Select(alert => alert.Name));
        foreach (var alert in Alert.All)
        {
            Assert.True(alert.Value("severity") is "page" or "ticket" || alert.Text.Contains("severity: page,", StringComparison.Ordinal) || alert.Text.Contains("severity: ticket,", StringComparison.Ordinal), alert.Name);
            Assert.False(string.IsNullOrWhiteSpace(alert.Value("summary")), alert.Name);
            Assert.Contains("{{ ", alert.Text[alert.Text.IndexOf("description:", StringComparison.Ordinal)..], StringComparison.Ordinal);
            Assert.Equal($"docs/runbooks/{alert.Name}.md", alert.Value("runbook_url"));
            Assert.StartsWith("/d/streamgauge-", alert.Value("dashboard"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rules_use_only_metrics_of_the_contract()
    {
        var documented = await TelemetryDocument.ReadNamesAsync();
        foreach (var file in Alert.RuleFiles)
        {
            var text = await File.ReadAllTextAsync(file);
            foreach (var name in TelemetryDocument.NamesIn(text)) Assert.True(documented.Contains(name), $"{Path.GetFileName(file)} uses {name}, which docs/telemetry.md does not have");
        }
    }

    private static IEnumerable<string> Names() => Alert.All.Select(alert => alert.Name).Order(StringComparer.Ordinal);

    private static async Task<(int ExitCode, string Output)> PromtoolAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await MachineTool.RunAsync("promtool", arguments, ReadOnlyMemory<byte>.Empty, Timeout);
        return (exitCode, output + errors);
    }

    [GeneratedRegex(@"\{alertname: (?<name>\w+), eval_time: \w+, exp_alerts: \[\]\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quiet();

    [GeneratedRegex(@"alertname: (?<name>\w+)\n +eval_time: \w+\n +exp_alerts:\n +- exp_labels:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Firing();
}
