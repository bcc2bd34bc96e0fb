using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Streamgauge.Dashboards;
using Streamgauge.TestKit;
using Xunit.Abstractions;

namespace Streamgauge.Tests.System;

/// <summary>A real Prometheus scrapes the running pipeline: every panel, variable and rule finds its data, nothing is alarmed, and what breaks is noticed.</summary>
public sealed partial class RealPrometheusTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int SeriesMax = 60; // more lines than that nobody reads
    private static readonly HttpClient Http = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-").FullName;
    private UpProcess _up = null!;

    public async Task InitializeAsync() => _up = await UpProcess.StartAsync(Path.Combine(_folder, "data"), "--rate", "3000", "--audit-every", "2s", "--retain", "10s", "--spool", Path.Combine(_folder, "spool"));

    public async Task DisposeAsync()
    {
        await _up.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_panel_and_rule_finds_its_data_on_a_healthy_pipeline_and_no_alert_fires()
    {
        await using var prometheus = await PrometheusServer.StartAsync([_up.Address.Authority], Sooner);
        await Eventually.Async(async () => await AskApiAsync() && await HasAsync(prometheus, "stream:events_processed:rate1h > 0 and on () audit_drift == 0 and on () stream:api_request_duration_seconds:p99_5m >= 0 and on () rate(stream_trimmed_total[10s]) > 0 and on () increase(audits_total{outcome=\"sound\"}[30m]) > 0") && !await HasAsync(prometheus, "ALERTS"), "Prometheus has scraped, recorded, seen two audits, and has nothing to alert on", TimeSpan.FromSeconds(40));

        var table = new StringBuilder("dashboard | panel | series | result\n--- | --- | --- | ---\n");
        var problems = new List<string>();
        foreach (var (variable, _, query) in Variables.All)
        {
            var parts = LabelValues().Match(query);
            if ((await prometheus.LabelValuesAsync(parts.Groups["label"].Value, Substitute(parts.Groups["selector"].Value))).Count == 0) problems.Add($"variable {variable} has no value");
        }

        foreach (var dashboard in DashboardList.All)
            foreach (var panel in dashboard.Panels)
                foreach (var query in panel.Queries) Judge($"{dashboard.FileName} | {panel.Title}: {query.Legend}", query.EmptyBecause, (await prometheus.QueryAsync(Substitute(query.Text)))!);

        foreach (var rule in await prometheus.RulesAsync())
        {
            var name = rule.GetProperty("name").GetString()!;
            if (rule.GetProperty("health").GetString() != "ok") problems.Add($"rule {name} is {rule.GetProperty("health")}");
            if (rule.GetProperty("type").GetString() == "recording") Judge($"rules | {name}", null, (await prometheus.QueryAsync(name))!);
            else if (rule.GetProperty("state").GetString() == "inactive") table.Append(CultureInfo.InvariantCulture, $"alerts | {name} | 0 | inactive\n");
            else problems.Add($"{name} is {rule.GetProperty("state")} on a healthy pipeline: {rule.GetProperty("alerts")}");
        }

        output.WriteLine(table.ToString());
        var kept = Directory.CreateDirectory(Path.Combine(Shipped.Root, "artifacts", "observing"));
        await File.WriteAllTextAsync(Path.Combine(kept.FullName, "panels.md"), table.ToString());
        Assert.True(problems.Count == 0, string.Join('\n', problems));

        void Judge(string what, string? emptyBecause, IReadOnlyList<JsonElement> series)
        {
            var hasNumber = series.Any(one => one.GetProperty("value")[1].GetString() != "NaN");
            table.Append(CultureInfo.InvariantCulture, $"{what} | {series.Count} | {(hasNumber ? "data" : emptyBecause is null ? "NOTHING" : "empty: " + emptyBecause)}\n");
            if (!hasNumber && emptyBecause is null) problems.Add($"{what} gives nothing");
            if (series.Count > SeriesMax) problems.Add($"{what} gives {series.Count} series");
        }
    }

    [Fact]
    public async Task Alerts_fire_when_Redis_dies_and_when_the_process_does()
    {
        await using var prometheus = await PrometheusServer.StartAsync([_up.Address.Authority], text => Sooner(text).Replace("> 30\n        labels", "> 1\n        labels", StringComparison.Ordinal).Replace("for: 2m", "for: 2s", StringComparison.Ordinal));
        await Eventually.Async(() => HasAsync(prometheus, "redis_up == 1 unless on () ALERTS{alertstate=\"firing\"}"), "Prometheus scrapes, and no alert fires");

        await _up.KillRedisAsync();
        await Eventually.Async(() => HasAsync(prometheus, "ALERTS{alertname=\"RedisDown\", alertstate=\"firing\", stream=\"events\"}"), "RedisDown fires");

        _up.Kill(redisLives: false);
        await Eventually.Async(() => HasAsync(prometheus, "ALERTS{alertname=\"TargetMissing\", alertstate=\"firing\"}"), "TargetMissing fires");
    }

    private static async Task<bool> HasAsync(PrometheusServer prometheus, string expression) => await prometheus.QueryAsync(expression) is { Count: > 0 };

    // A second where it is five.
    private static string Sooner(string text) => text.Replace("scrape_interval: 5s", "scrape_interval: 1s", StringComparison.Ordinal).Replace("scrape_timeout: 4s", "scrape_timeout: 1s", StringComparison.Ordinal)
        .Replace("evaluation_interval: 15s", "evaluation_interval: 1s", StringComparison.Ordinal);

    private static string Substitute(string text) => text.Replace("$__rate_interval", "10s", StringComparison.Ordinal).Replace("$__range", "1m", StringComparison.Ordinal)
        .Replace("$stream", ".*", StringComparison.Ordinal).Replace("$job", ".*", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);

    private async Task<bool> AskApiAsync()
    {
        using var answer = await Http.GetAsync(new Uri(_up.Address, "/aggregates"));
        return answer.IsSuccessStatusCode;
    }

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>\w+)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValues();
}
