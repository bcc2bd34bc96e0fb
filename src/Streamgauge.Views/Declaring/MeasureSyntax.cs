using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Views;

/// <summary>Measures as they are written: <c>count</c>, <c>sum(value)</c>, <c>unique(user_id)</c>.</summary>
public static class MeasureSyntax
{
    /// <summary>What can be written, in words.</summary>
    public const string Allowed = "count, sum, min, max, avg, quantiles (of value, or of a further field: sum(weight)) and unique(field)";

    private static readonly Dictionary<string, MeasureKind> Kinds = new(StringComparer.Ordinal)
    {
        ["count"] = MeasureKind.Count,
        ["sum"] = MeasureKind.Sum,
        ["min"] = MeasureKind.Min,
        ["max"] = MeasureKind.Max,
        ["avg"] = MeasureKind.Average,
        ["unique"] = MeasureKind.Unique,
        ["quantiles"] = MeasureKind.Quantiles,
    };

    /// <summary>Reads a measure; without a field, <c>sum</c>, <c>min</c>, <c>max</c>, <c>avg</c> and <c>quantiles</c> are of <c>value</c>.</summary>
    /// <param name="problem">What is wrong and what is allowed.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Measure? measure, [NotNullWhen(false)] out string? problem)
    {
        measure = null;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var word = open < 0 ? text : text[..open];
        if (!Kinds.TryGetValue(word, out var kind) || (open >= 0 && text[^1] != ')'))
        {
            var hint = Spelling.Nearest(word, Kinds.Keys) is { } nearest && nearest != word ? $" Did you mean '{nearest}'?" : "";
            problem = $"'{text}' is no measure.{hint} Allowed: {Allowed}.";
            return false;
        }

        var field = open < 0 ? null : text[(open + 1)..^1];
        problem = Problem(kind, text, field);
        if (problem is not null) return false;
        measure = kind == MeasureKind.Count ? Measure.Count : new Measure(kind, field ?? "value");
        return true;
    }

    private static string? Problem(MeasureKind kind, string text, string? field)
    {
        if (kind == MeasureKind.Count) return field is null ? null : $"'{text}': count counts events and takes no field; distinct values are unique({field}).";
        if (field is null) return kind == MeasureKind.Unique ? "'unique' needs a field: unique(user_id)." : null;
        if (!FieldRules.IsName(field)) return $"'{text}': '{field}' is no field name; allowed are {FieldRules.Allowed}.";
        return (FieldRules.KindOf(field), kind) switch
        {
            (FieldKind.Time, _) => $"'{text}': ts is when the event happened and decides its window; it is not measured.",
            (FieldKind.Value, MeasureKind.Unique) => $"'{text}': value is a number; unique counts distinct texts.",
            (FieldKind.Name, not MeasureKind.Unique) => $"'{text}': {field} is text; only value and further fields are numbers. Distinct ones are unique({field}).",
            _ => null,
        };
    }
}
