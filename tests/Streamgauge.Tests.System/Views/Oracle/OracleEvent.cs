using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamgauge.Tests.System;

/// <summary>An event as it was sent: its fields as text, and the arrival Redis gave its entry.</summary>
internal sealed partial record OracleEvent(IReadOnlyDictionary<string, string> Fields, long ArrivalMs)
{
    private const long FutureMaxMs = 5 * 60_000;
    private readonly Dictionary<string, decimal?> _numbers = []; // read once: every question asks for them again

    /// <summary>Event time as it counts: the arrival when there is none, or when it is too far in the future.</summary>
    public long TsMs { get; } = TimeOf(Fields, ArrivalMs);

    /// <summary>A field's text; null when absent or empty.</summary>
    public string? Text(string field) => Fields.TryGetValue(field, out var text) && text.Length > 0 ? text : null;

    /// <summary>A field as a number; null when it is absent or none.</summary>
    public decimal? Number(string field)
    {
        if (!_numbers.TryGetValue(field, out var number)) _numbers.Add(field, number = NumberOf(Text(field)));
        return number;
    }

    /// <summary>A plain decimal number to a millionth, half away from zero; null for anything else.</summary>
    public static decimal? NumberOf(string? text) =>
        text is not null && PlainDecimal().IsMatch(text) ? Math.Round(decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint), 6, MidpointRounding.AwayFromZero) : null;

    private static long TimeOf(IReadOnlyDictionary<string, string> fields, long arrivalMs)
    {
        if (!fields.TryGetValue("ts", out var text)) return arrivalMs;
        var ms = long.TryParse(text, out var unix) ? unix : DateTimeOffset.Parse(text).ToUnixTimeMilliseconds();
        return ms > arrivalMs + FutureMaxMs ? arrivalMs : ms;
    }

    [GeneratedRegex(@"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PlainDecimal();
}
