using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamgauge.Dashboards;

/// <summary>A rule as it stands in <c>deploy/prometheus/rules</c>.</summary>
/// <param name="Name">Of the alert, or of what is recorded.</param>
/// <param name="File">Name of its file, without folder.</param>
/// <param name="Text">Its lines.</param>
internal sealed partial record PrometheusRule(string Name, bool IsAlert, string File, string Text)
{
    /// <summary>All rules of a folder, in the order of their files. promtool reads them as YAML; we need no more than where each begins and ends.</summary>
    public static IReadOnlyList<PrometheusRule> ReadAll(string folder) =>
    [
        .. Directory.GetFiles(folder, "*.yml").Order(StringComparer.Ordinal).SelectMany(file => Rule().Matches(System.IO.File.ReadAllText(file))
            .Select(match => new PrometheusRule(match.Groups["name"].Value, match.Groups["kind"].Value == "alert", Path.GetFileName(file), match.Value))),
    ];

    /// <summary>What it asks.</summary>
    public string Expression => ExpressionLines().Match(Text).Groups["value"].Value.Trim();

    /// <summary>Above which number it fires; of several the first. Null when it asks no such thing.</summary>
    public double? Threshold => Above().Match(Expression) is { Success: true } match ? double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) : null;

    /// <summary>Of an alert: <c>page</c> or <c>ticket</c>.</summary>
    public string? Severity => SeverityLabel().Match(Text) is { Success: true } match ? match.Groups["value"].Value : null;

    /// <summary>One of its annotations; null when it has none of that name, or one of several lines.</summary>
    public string? Annotation(string name) => Regex.Match(Text, $@"(?m)^          {name}: (?<value>[^>\n].*)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups["value"].Value : null;

    [GeneratedRegex(@"(?m)^      - (?<kind>alert|record): (?<name>[\w:]+)\n(?:        .*(?:\n|\z))+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();

    [GeneratedRegex(@"(?m)^        expr: (?:\|\n(?<value>(?:          .*(?:\n|\z))+)|(?<value>.*))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpressionLines();

    [GeneratedRegex(@"> (?<number>[0-9.]+)(?!\))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Above();

    [GeneratedRegex(@"severity: (?<value>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SeverityLabel();
}
