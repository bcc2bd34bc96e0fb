using System.Globalization;
using System.Text.Json;

namespace Streamgauge.Tests.System;

/// <summary>Numbers by row and measure: <c>1569888000000;lenovo</c>, <c>all;lenovo</c> or <c>*</c>. A number that is 0 and one that is not there are the same.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(string Row, string Measure), decimal> _numbers = [];

    public int Count => _numbers.Count;

    /// <summary>All numbers of an answer.</summary>
    public static Figures Of(JsonElement answer)
    {
        var figures = new Figures();
        var starts = answer.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds()).ToList();
        foreach (var series in answer.GetProperty("series").EnumerateArray())
        {
            var group = string.Join(';', series.GetProperty("group").EnumerateObject().Select(field => field.Value.GetString() ?? ""));
            figures.AddTotals($"all;{group}", series.GetProperty("totals"));
            if (!series.TryGetProperty("values", out var values)) continue;
            foreach (var (measure, list) in values.EnumerateObject().SelectMany(Flat))
            {
                for (var point = 0; point < starts.Count; point++) figures.Add($"{starts[point]};{group}", measure, list[point]);
            }
        }

        figures.AddTotals("*", answer.GetProperty("totals"));
        return figures;
    }

    /// <summary>Adds lines of a row, a tab, a number.</summary>
    public void Add(string measure, string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t');
            Add(line[..tab], measure, decimal.Parse(line.AsSpan(tab + 1), NumberStyles.Float));
        }
    }

    /// <summary>Every difference that estimates do not explain, in words; empty when all agree.</summary>
    public IReadOnlyList<string> DifferencesTo(Figures told) =>
    [
        .. _numbers.Keys.Union(told._numbers.Keys).Where(key => !Agrees(key.Measure, _numbers.GetValueOrDefault(key), told._numbers.GetValueOrDefault(key)))
            .Select(key => $"{key.Row} {key.Measure}: expected {_numbers.GetValueOrDefault(key)}, was {told._numbers.GetValueOrDefault(key)}").Order(StringComparer.Ordinal).Take(10),
    ];

    private static bool Agrees(string measure, decimal exact, decimal told) => measure switch
    {
        _ when measure.StartsWith("unique", StringComparison.Ordinal) => Bounds.OfUnique(exact, told),
        ['p', >= '0' and <= '9', ..] => Bounds.OfQuantile(exact, told),
        _ => exact == told,
    };

    // "quantiles(value)": { "p50": […], … } becomes p50(value) and so on.
    private static IEnumerable<(string Measure, JsonElement Value)> Flat(JsonProperty measure) => measure.Value.ValueKind == JsonValueKind.Object
        ? measure.Value.EnumerateObject().Select(part => ($"{part.Name}{measure.Name[measure.Name.IndexOf('(')..]}", part.Value))
        : [(measure.Name, measure.Value)];

    private void AddTotals(string row, JsonElement totals)
    {
        foreach (var (measure, value) in totals.EnumerateObject().SelectMany(Flat)) Add(row, measure, value);
    }

    private void Add(string row, string measure, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Null) Add(row, measure, value.GetDecimal());
    }

    private void Add(string row, string measure, decimal number)
    {
        if (number != 0) _numbers.Add((row, measure), number);
    }
}
