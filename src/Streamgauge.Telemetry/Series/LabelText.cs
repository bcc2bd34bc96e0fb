using System.Text;

namespace Streamgauge.Telemetry;

/// <summary>Turns tags into the text between the braces: <c>route="/events",status="202"</c>.</summary>
/// <remarks>
/// Canonical: sorted by label name, empty values left out (Prometheus reads <c>{a=""}</c> as <c>{}</c>), so two tag
/// sets give the same text exactly when Prometheus would see one series. Values may come from anyone: they are cut,
/// control characters are replaced, and backslash, quote and newline are escaped.
/// </remarks>
internal static class LabelText
{
    private const char Replacement = '\uFFFD';

    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags, int valueCharsMax)
    {
        var line = new StringBuilder();
        if (tags.Length == 1) // nothing to sort or to join: nearly all that callbacks report, on every page
        {
            if (TextOf(tags[0].Value) is { Length: > 0 } only) Append(line, NameOf(tags[0].Key), only, valueCharsMax);
            return line.ToString();
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var text = TextOf(value);
            if (text.Length == 0) continue;

            // Two keys that become one label share it, as in the OpenTelemetry mapping; a label twice would void the page.
            var name = NameOf(key);
            labels[name] = labels.TryGetValue(name, out var earlier) ? $"{earlier};{text}" : text;
        }

        foreach (var (name, value) in labels) Append(line, name, value, valueCharsMax);
        return line.ToString();
    }

    private static string TextOf(object? value) => value as string ?? value?.ToString() ?? "";

    private static void Append(StringBuilder line, string name, string value, int valueCharsMax)
    {
        if (line.Length > 0) line.Append(',');
        line.Append(name).Append("=\"");
        AppendValue(line, value.AsSpan(0, Math.Min(value.Length, valueCharsMax)));
        line.Append('"');
    }

    /// <summary>Letters, digits and underscores; never <c>__reserved</c> and never <c>le</c> or <c>quantile</c>, which belong to the format.</summary>
    internal static string NameOf(string key)
    {
        var name = new StringBuilder(key.Length + 1);
        foreach (var c in key) name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        while (name.Length > 1 && name[0] == '_' && name[1] == '_') name.Remove(0, 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) name.Insert(0, '_');
        var text = name.ToString();
        return text is "le" or "quantile" ? text + "_" : text;
    }

    private static void AppendValue(StringBuilder line, ReadOnlySpan<char> value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            switch (c)
            {
                case '\\': line.Append(@"\\"); break;
                case '"': line.Append("\\\""); break;
                case '\n': line.Append(@"\n"); break;
                case var _ when char.IsControl(c): line.Append(Replacement); break;
                case var _ when char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]):
                    line.Append(c).Append(value[++i]);
                    break;
                case var _ when char.IsSurrogate(c): line.Append(Replacement); break;
                default: line.Append(c); break;
            }
        }
    }
}
