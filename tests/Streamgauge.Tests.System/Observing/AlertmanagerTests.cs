using System.Text.RegularExpressions;

namespace Streamgauge.Tests.System;

/// <summary>The example for Alertmanager: every alert finds its receiver, and names only alerts there are.</summary>
public sealed partial class AlertmanagerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly string Example = Path.Combine(Shipped.Prometheus, "alertmanager.yml");

    [Fact]
    public async Task It_is_valid()
    {
        var (exitCode, output) = await AmtoolAsync("check-config", Example);
        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [InlineData("page", "page")]
    [InlineData("ticket", "tickets")]
    public async Task An_alert_goes_where_its_severity_says(string severity, string receiver)
    {
        foreach (var alert in Shipped.Alerts.Where(alert => alert.Severity == severity).Take(3))
        {
            var (exitCode, output) = await AmtoolAsync("config", "routes", "test", $"--config.file={Example}", $"--verify.receivers={receiver}", $"alertname={alert.Name}", $"severity={severity}", "stream=events");
            Assert.True(exitCode == 0, output);
        }
    }

    [Fact]
    public async Task It_silences_only_alerts_there_are()
    {
        var named = AlertNames().Matches(await File.ReadAllTextAsync(Example)).SelectMany(match => match.Groups["names"].Value.Split('|')).ToList();
        Assert.True(named.Count > 10, "the pattern of this test no longer fits the file");
        Assert.Subset(Shipped.Alerts.Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal), named.ToHashSet(StringComparer.Ordinal));
    }

    private static async Task<(int ExitCode, string Output)> AmtoolAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await MachineTool.RunAsync("amtool", arguments, ReadOnlyMemory<byte>.Empty, Timeout);
        return (exitCode, output + errors);
    }

    [GeneratedRegex(@"alertname =~? ""(?<names>[\w|]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AlertNames();
}
