using System.Text.RegularExpressions;

namespace Streamgauge.Tests.System;

/// <summary>The rules and the configuration of <c>deploy/prometheus</c>, judged by promtool and by what we ask of an alert.</summary>
public sealed partial class AlertTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly string[] TestFiles = Directory.GetFiles(Path.Combine(Shipped.Prometheus, "tests"), "*.yml");

    public static TheoryData<string> TestFileNames() => [.. TestFiles.Select(file => Path.GetFileName(file))];

    [Fact]
    public async Task Rules_are_clean_to_the_last_lint()
    {
        var (exitCode, output) = await PromtoolAsync(["check", "rules", "--lint=all", "--lint-fatal", .. Directory.GetFiles(Path.Combine(Shipped.Prometheus, "rules"))]);
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task The_configuration_is_valid_with_everything_it_names()
    {
        var (exitCode, output) = await PromtoolAsync("check", "config", Path.Combine(Shipped.Prometheus, "prometheus.yml"));
        Assert.True(exitCode == 0 && !output.Contains("WARNING", StringComparison.Ordinal), output);
        foreach (var file in Shipped.Rules.Select(rule => rule.File).Distinct()) Assert.Contains($"rules/{file}", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestFileNames))]
    public async Task Alerts_fire_when_they_should_and_only_then(string file)
    {
        var (exitCode, output) = await PromtoolAsync("test", "rules", Path.Combine(Shipped.Prometheus, "tests", file));
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var cases = string.Concat(await Task.WhenAll(TestFiles.Select(file => File.ReadAllTextAsync(file))));
        var alerts = Shipped.Alerts.Select(alert => alert.Name).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(alerts, Named(Quiet()));
        Assert.Equal(alerts, Named(Firing()));

        IEnumerable<string> Named(Regex pattern) => pattern.Matches(cases).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_alert_says_how_urgent_it_is_what_it_means_and_where_to_read_on()
    {
        Assert.True(Shipped.Alerts.Count >= 30, $"only {Shipped.Alerts.Count} alerts found: the pattern no longer fits the files");
        Assert.Distinct(Shipped.Alerts.Select(alert => alert.Name));
        foreach (var alert in Shipped.Alerts)
        {
            Assert.True(alert.Severity is "page" or "ticket", $"{alert.Name} has the severity {alert.Severity}");
            Assert.False(string.IsNullOrWhiteSpace(alert.Annotation("summary")), $"{alert.Name} has no summary");
            Assert.Matches(@"description: >-\n +[^\n]*", alert.Text);
            Assert.Contains("$labels.", alert.Text, StringComparison.Ordinal); // of which stream or process
            Assert.Equal($"docs/runbooks/{alert.Name}.md", alert.Annotation("runbook_url"));
            Assert.StartsWith("/d/streamgauge-", alert.Annotation("dashboard"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rules_use_only_metrics_of_the_contract()
    {
        foreach (var rule in Shipped.Rules)
        {
            Assert.NotEqual("", rule.Expression);
            Assert.True(!Shipped.UnknownNames(rule.Expression).Any(), $"{rule.Name} uses {string.Join(", ", Shipped.UnknownNames(rule.Expression))}, which docs/telemetry.md does not have");
        }
    }

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
