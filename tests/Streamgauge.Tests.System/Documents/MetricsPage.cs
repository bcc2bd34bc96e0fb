using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamgauge.Tests.System;

/// <summary>A metrics page, text or OpenMetrics, read strictly: a line that is neither comment nor sample is an error.</summary>
internal sealed partial class MetricsPage
{
    private MetricsPage(string text) => Text = text;

    public string Text { get; }

    public Dictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Units { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Helps { get; } = new(StringComparer.Ordinal);

    /// <summary>By the name of the sample: its label sets, names sorted, and values.</summary>
    public Dictionary<string, List<(IReadOnlyDictionary<string, string> Labels, double Value)>> Samples { get; } = new(StringComparer.Ordinal);

    public static MetricsPage Parse(string text)
    {
        var page = new MetricsPage(text);
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line == "# EOF") continue;
            var words = line.Split(' ', 4);
            if (words is ["#", "TYPE" or "UNIT" or "HELP", var name, var rest])
            {
                var all = words[1] switch { "TYPE" => page.Types, "UNIT" => page.Units, _ => page.Helps };
                Assert.True(all.TryAdd(name, rest), $"twice: {line}");
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, $"neither comment nor sample: {line}");
            var labels = Label().Matches(sample.Groups["labels"].Value).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
            var value = sample.Groups["value"].Value switch { "+Inf" => double.PositiveInfinity, var number => double.Parse(number, CultureInfo.InvariantCulture) };
            if (!page.Samples.TryGetValue(sample.Groups["name"].Value, out var series)) page.Samples[sample.Groups["name"].Value] = series = [];
            series.Add((labels, value));
        }

        return page;
    }

    /// <summary>All series of a sample added up; 0 when there is none.</summary>
    public double Sum(string sample) => Samples.TryGetValue(sample, out var series) ? series.Sum(one => one.Value) : 0;

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="(\\.|[^"\\])*",?)*)\})? (?<value>NaN|[+-]?Inf|[-+0-9.eE]+)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(\\.|[^"\\])*)",?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
