using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Streamgauge.Cli;

/// <summary>Options whose values are written as people write them: <c>30s</c>, <c>24h</c>, <c>256mb</c>.</summary>
internal static class Parsers
{
    public static Option<HumanDuration> Duration(string name, TimeSpan standard, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = argument => new HumanDuration(Parse<TimeSpan>(name, argument, TryParseDuration, "a duration like 200ms, 30s, 5m, 24h or 7d", standard)),
        DefaultValueFactory = _ => new HumanDuration(standard),
    };

    public static Option<HumanSize> Size(string name, long standard, string description) => new(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = argument => new HumanSize(Parse<long>(name, argument, TryParseSize, "a size like 64kb, 256mb or 2gb", standard)),
        DefaultValueFactory = _ => new HumanSize(standard),
    };

    internal static bool TryParseDuration(string text, out TimeSpan value)
    {
        value = default;
        (string Unit, double Seconds)[] units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];
        foreach (var (unit, seconds) in units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) continue;
            if (!(number * seconds <= TimeSpan.FromDays(36_500).TotalSeconds)) return false; // NaN too, which is not more than anything
            value = TimeSpan.FromSeconds(number * seconds);
            return true;
        }

        return false;
    }

    internal static bool TryParseSize(string text, out long value)
    {
        value = 0;
        (string Unit, long Bytes)[] units = [("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30), ("b", 1), ("", 1)];
        foreach (var (unit, bytes) in units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            if (!long.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            if (number > long.MaxValue / bytes) return false;
            value = number * bytes;
            return true;
        }

        return false;
    }

    private delegate bool TryParse<T>(string text, out T value);

    private static T Parse<T>(string name, ArgumentResult argument, TryParse<T> parse, string expected, T standard)
    {
        if (argument.Tokens.Count == 0) return standard;
        var text = argument.Tokens[^1].Value;
        if (parse(text, out var value)) return value;
        argument.AddError($"{name} must be {expected}, was '{text}'.");
        return standard;
    }
}
