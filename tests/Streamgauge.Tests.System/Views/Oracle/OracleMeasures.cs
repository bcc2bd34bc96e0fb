namespace Streamgauge.Tests.System;

/// <summary>Measures of some events, each from all of them.</summary>
internal static class OracleMeasures
{
    public static bool IsUnique(string column) => column.StartsWith("unique", StringComparison.Ordinal);

    public static bool IsQuantile(string column) => column is ['p', >= '0' and <= '9', ..];

    public static bool IsExact(string column) => !IsUnique(column) && !IsQuantile(column);

    /// <summary>The exact value; null when there is none.</summary>
    public static decimal? Of(string column, IReadOnlyList<OracleEvent> events)
    {
        var open = column.IndexOf('(');
        if (open < 0) return events.Count;
        var (kind, field) = (column[..open], column[(open + 1)..^1]);
        if (kind == "unique") return events.Select(one => one.Text(field)).OfType<string>().Distinct().Count();
        var numbers = events.Select(one => one.Number(field)).OfType<decimal>().ToList();
        if (kind == "sum") return numbers.Sum();
        if (numbers.Count == 0) return null;
        return kind switch
        {
            "min" => numbers.Min(),
            "max" => numbers.Max(),
            "avg" => Math.Round(numbers.Sum() / numbers.Count, 6, MidpointRounding.AwayFromZero),
            _ => numbers.Order().ElementAt((((numbers.Count * int.Parse(kind[1..])) + 99) / 100) - 1),
        };
    }

    /// <summary>Whether what was told is right, or as near as promised.</summary>
    public static bool Agrees(string column, decimal? exact, decimal? told) =>
        exact is null || told is null ? exact is null && told is null
        : IsUnique(column) ? Bounds.OfUnique(exact.Value, told.Value)
        : IsQuantile(column) ? Bounds.OfQuantile(exact.Value, told.Value)
        : exact == told;
}
