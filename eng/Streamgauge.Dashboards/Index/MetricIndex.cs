using System.Text;
using System.Text.RegularExpressions;

namespace Streamgauge.Dashboards;

/// <summary>Writes <c>docs/metrics.md</c>: of every documented metric, which panels show it and which alerts watch it.</summary>
internal static partial class MetricIndex
{
    private const string Nobody = "–";

    /// <param name="telemetry">The text of <c>docs/telemetry.md</c>: its tables name the metrics.</param>
    public static string Render(string telemetry, IReadOnlyList<Dashboard> dashboards, IReadOnlyList<PrometheusRule> rules)
    {
        var text = new StringBuilder("""
            # Which panel, which alert

            Of every metric in [telemetry.md](telemetry.md): the [panels](../deploy/grafana/README.md) that show it and the [alerts](runbooks/README.md) that watch it, directly or over what is recorded from it.
            Written by `make dashboards`.

            | metric | panels | alerts |
            |---|---|---|

            """);
        foreach (Match row in Row().Matches(telemetry))
        {
            var name = row.Groups["name"].Value;
            var panels = dashboards.SelectMany(dashboard => dashboard.Panels.Where(panel => panel.Queries.Any(query => Uses(query.Expression, name, rules))).Select(panel => $"{dashboard.Uid["streamgauge-".Length..]}: {panel.Title}")).Distinct(StringComparer.Ordinal);
            var alerts = rules.Where(rule => rule.IsAlert && Uses(rule.Expression, name, rules)).Select(rule => $"[{rule.Name}](runbooks/{rule.Name}.md)");
            text.Append($"| `{name}` | {OrNobody(string.Join("; ", panels))} | {OrNobody(string.Join(", ", alerts))} |\n");
        }

        return text.ToString();
    }

    private static string OrNobody(string list) => list.Length > 0 ? list : Nobody;

    // Itself or its buckets; or something recorded from it.
    private static bool Uses(string expression, string metric, IReadOnlyList<PrometheusRule> rules) =>
        Regex.IsMatch(expression, $@"(?<![\w:]){metric}(_bucket|_count|_sum)?(?![\w:])", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
        || rules.Any(rule => !rule.IsAlert && expression.Contains(rule.Name, StringComparison.Ordinal) && Uses(rule.Expression, metric, rules));

    [GeneratedRegex(@"(?m)^\| `(?<name>\w+)` \| (counter|gauge|histogram|untyped) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
