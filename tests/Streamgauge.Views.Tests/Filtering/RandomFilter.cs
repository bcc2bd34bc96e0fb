using System.Globalization;

namespace Streamgauge.Views.Tests;

/// <summary>A random filter and what it means, written a second time and naively: over strings and decimals, event by event.</summary>
internal sealed record RandomFilter(string Text, Func<Dictionary<string, string>, bool> Oracle)
{
    public static readonly string[] Fields = ["event_type", "product", "user_id", "brand", "size", "value", "ts"];
    private static readonly string[] Texts = ["a", "ab", "it's", "größe", "1", "2.5", "-3", "x\"y", "1.0"];
    private static readonly string[] Numbers = ["1", "2.5", "-3", "0", "1000000000", "0.000001"];

    public static RandomFilter Create(Random random, int depth = 4)
    {
        switch (depth == 0 ? 9 : random.Next(10))
        {
            case 0 or 1:
                var (a, b) = (Create(random, depth - 1), Create(random, depth - 1));
                return new RandomFilter($"({a.Text}) and ({b.Text})", e => a.Oracle(e) && b.Oracle(e));
            case 2 or 3:
                var (c, d) = (Create(random, depth - 1), Create(random, depth - 1));
                return new RandomFilter($"({c.Text} or {d.Text})", e => c.Oracle(e) || d.Oracle(e));
            case 4:
                var negated = Create(random, depth - 1);
                return new RandomFilter($"not ({negated.Text})", e => !negated.Oracle(e));
            default:
                return Test(random);
        }
    }

    /// <summary>An event as text fields; what is absent is not in it. Values and times are such that comparisons often hit.</summary>
    public static Dictionary<string, string> Event(Random random)
    {
        var e = new Dictionary<string, string>(StringComparer.Ordinal) { ["event_type"] = Texts[random.Next(Texts.Length)], ["ts"] = Time(random) };
        foreach (var field in new[] { "product", "user_id", "brand", "size" })
        {
            if (random.Next(3) > 0) e[field] = Texts[random.Next(Texts.Length)];
        }

        if (random.Next(3) > 0) e["value"] = Numbers[random.Next(Numbers.Length)];
        return e;
    }

    private static RandomFilter Test(Random random)
    {
        var field = Fields[random.Next(Fields.Length)];
        var isNumeric = field is "value" or "ts";
        var canBeNumeric = isNumeric || field is "brand" or "size";
        switch (random.Next(6))
        {
            case 0:
                return new RandomFilter($"exists({field})", e => e.ContainsKey(field));
            case 1 when !isNumeric:
                var prefix = Texts[random.Next(Texts.Length)][..1];
                return new RandomFilter($"starts_with({field}, {Quote(random, prefix)})", e => e.TryGetValue(field, out var text) && text.StartsWith(prefix, StringComparison.Ordinal));
            case 2 or 3 when canBeNumeric:
                var literal = field == "ts" ? Time(random) : Numbers[random.Next(Numbers.Length)];
                var number = decimal.Parse(literal, CultureInfo.InvariantCulture);
                (string Text, Func<decimal, bool> Holds)[] comparisons = [("==", x => x == number), ("!=", x => x != number), ("<", x => x < number), ("<=", x => x <= number), (">", x => x > number), (">=", x => x >= number)];
                var (comparison, holds) = comparisons[random.Next(comparisons.Length)];
                return new RandomFilter($"{field} {comparison} {literal}", e => e.TryGetValue(field, out var text) && TryNumber(text, out var x) && holds(x));
            case 4 when !isNumeric:
                var texts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Texts[random.Next(Texts.Length)]).ToList();
                var numbers = canBeNumeric ? Enumerable.Range(0, random.Next(3)).Select(_ => Numbers[random.Next(Numbers.Length)]).ToList() : [];
                var list = string.Join(", ", texts.Select(text => Quote(random, text)).Concat(numbers));
                return new RandomFilter($"{field} in ({list})", e => e.TryGetValue(field, out var text) && (texts.Contains(text) || (TryNumber(text, out var x) && numbers.Exists(n => decimal.Parse(n, CultureInfo.InvariantCulture) == x))));
            case var _ when isNumeric:
                return new RandomFilter($"not exists({field})", e => !e.ContainsKey(field));
            default:
                var (expected, equal) = (Texts[random.Next(Texts.Length)], random.Next(2) == 0);
                return new RandomFilter($"{field} {(equal ? "==" : "!=")} {Quote(random, expected)}", e => e.TryGetValue(field, out var text) && text == expected == equal);
        }
    }

    private static string Time(Random random) => (1_763_805_600_000 + (random.Next(4) * 1000)).ToString();

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static string Quote(Random random, string text)
    {
        var quote = random.Next(2) == 0 ? "'" : "\"";
        return quote + text.Replace(quote, quote + quote, StringComparison.Ordinal) + quote;
    }
}
