using System.Text.RegularExpressions;
using Streamgauge.Dashboards;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>What the repository ships for Prometheus, as these tests read it.</summary>
internal static partial class Shipped
{
    public static readonly string Root = RepositoryRoot.Find();

    public static readonly string Prometheus = Path.Combine(Root, "deploy", "prometheus");

    // Of Prometheus itself, of kube-state-metrics, and of .NET.
    private static readonly string[] ForeignNames = ["up", "ALERTS"];
    private static readonly string[] ForeignPrefixes = ["kube_", "dotnet_"];

    public static IReadOnlyList<PrometheusRule> Rules { get; } = PrometheusRule.ReadAll(Path.Combine(Prometheus, "rules"));

    public static IReadOnlyList<PrometheusRule> Alerts { get; } = [.. Rules.Where(rule => rule.IsAlert)];

    /// <summary>Metrics an expression names that are neither in docs/telemetry.md nor recorded nor somebody else's.</summary>
    public static IEnumerable<string> UnknownNames(string expression)
    {
        var bare = NotNames().Replace(expression, " ");
        return Name().Matches(bare).Select(match => match.Value).Distinct(StringComparer.Ordinal)
            .Where(name => !Documented.Contains(name) && !ForeignNames.Contains(name) && !ForeignPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) && Rules.All(rule => rule.Name != name));
    }

    private static HashSet<string> Documented { get; } =
    [
        .. Row().Matches(File.ReadAllText(Path.Combine(Root, "docs/telemetry.md"))).SelectMany(match => match.Groups["type"].Value == "histogram"
            ? new[] { "_bucket", "_sum", "_count" }.Select(suffix => match.Groups["name"].Value + suffix)
            : [match.Groups["name"].Value]),
    ];

    // Texts, matchers, ranges, groupings, functions, operators, numbers.
    [GeneratedRegex(@"""[^""]*""|\{[^}]*\}|\[[^\]]*\]|\b(\w+ )?(by|without|on|ignoring|group_left) \([^)]*\)|\w+ ?\(|\b(and|or|unless|by|on|bool|group_left|offset \w+)\b|\b[0-9][0-9.]*\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotNames();

    [GeneratedRegex(@"[a-zA-Z_][\w:]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"(?m)^\| `(?<name>\w+)` \| (?<type>counter|gauge|histogram|untyped) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
