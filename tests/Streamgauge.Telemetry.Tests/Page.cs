using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Streamgauge.Telemetry.Tests;

/// <summary>A page read back by a strict little parser that shares no code with the writer.</summary>
internal sealed class Page
{
    private Page(string text) => Text = text;

    public string Text { get; }

    public Dictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Helps { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Units { get; } = new(StringComparer.Ordinal);

    /// <summary>Value by <c>name{a="1",b="2"}</c>, label values unescaped.</summary>
    public Dictionary<string, double> Samples { get; } = new(StringComparer.Ordinal);

    public double this[string sample] => Samples.TryGetValue(sample, out var value) ? value : throw new KeyNotFoundException($"{sample} is not in\n{Text}");

    public static Page Of(MetricsExposition exposition, ExpositionFormat format = ExpositionFormat.Text)
    {
        var output = new ArrayBufferWriter<byte>();
        exposition.Write(output, format);
        return Parse(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    public static Page Parse(string text)
    {
        var page = new Page(text);
        Assert.EndsWith("\n", text);
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line == "# EOF") continue;
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                var words = line.Split(' ', 4);
                var target = words[1] switch { "TYPE" => page.Types, "HELP" => page.Helps, "UNIT" => page.Units, _ => throw new FormatException(line) };
                target.Add(words[2], words[3]); // throws on a duplicate, as Prometheus would
            }
            else
            {
                var (key, rest) = Sample(line);
                page.Samples.Add(key, Number(rest));
            }
        }

        return page;
    }

    private static (string Key, string Value) Sample(string line)
    {
        var at = 0;
        while (char.IsAsciiLetterOrDigit(line[at]) || line[at] == '_') at++;
        Assert.True(at > 0 && line[at] is '{' or ' ', line);
        var key = new StringBuilder(line[..at]);
        if (line[at] == '{')
        {
            var quoted = false;
            for (; quoted || line[at] != '}'; at++)
            {
                if (line[at] == '"') quoted = !quoted;
                if (line[at] == '\\') key.Append(line[++at] switch { 'n' => '\n', '\\' => '\\', '"' => '"', _ => throw new FormatException(line) });
                else key.Append(line[at]);
            }

            key.Append(line[at++]);
        }

        Assert.Equal(' ', line[at]);
        return (key.ToString(), line[(at + 1)..]);
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}

/// <summary>An exposition of one meter that no other test sees.</summary>
internal sealed class Bench : IDisposable
{
    public Bench(Action<MetricsExpositionOptions>? configure = null)
    {
        var options = new MetricsExpositionOptions { MeterScope = this };
        configure?.Invoke(options);
        Meter = NewMeter();
        Exposition = new MetricsExposition(options);
    }

    public Meter Meter { get; }

    public MetricsExposition Exposition { get; }

    public Page Text => Page.Of(Exposition);

    public Page OpenMetrics => Page.Of(Exposition, ExpositionFormat.OpenMetrics);

    public Meter NewMeter() => new(new MeterOptions("Streamgauge.Bench") { Scope = this });

    public void Dispose()
    {
        Exposition.Dispose();
        Meter.Dispose();
    }
}
