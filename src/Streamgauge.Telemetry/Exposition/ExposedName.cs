using System.Text;

namespace Streamgauge.Telemetry;

/// <summary>The one place where an instrument's name and unit become a Prometheus name; the rule is written in docs/telemetry.md.</summary>
/// <param name="Family">Name in OpenMetrics metadata; never ends in <c>_total</c>.</param>
/// <param name="Sample">Name of the samples, and of the family in text: <paramref name="Family"/>, with <c>_total</c> for counters.</param>
/// <param name="Unit"><c>seconds</c>, <c>bytes</c>, <c>milliseconds</c>, or empty.</param>
/// <param name="Kind">The instrument's kind, or <see cref="MetricKind.Untyped"/> when the name ends in a suffix histograms own.</param>
internal readonly record struct ExposedName(string Family, string Sample, string Unit, MetricKind Kind)
{
    private const string TotalSuffix = "_total";

    public static ExposedName Of(string instrumentName, string? ucumUnit, MetricKind kind)
    {
        var family = Sanitise(instrumentName);
        if (family.EndsWith(TotalSuffix, StringComparison.Ordinal)) family = family[..^TotalSuffix.Length];

        var unit = UnitWord(ucumUnit);
        if (unit.Length > 0 && !family.EndsWith("_" + unit, StringComparison.Ordinal)) family = $"{family}_{unit}";

        // `event_type.count` must be called event_type_count in both formats. As a counter OpenMetrics would force
        // event_type_count_total, as a gauge promtool refuses the reserved suffix; untyped is clean everywhere and
        // rate() ignores the type. The runtime's own `dotnet.timer.count` and its like are in the same position.
        if (kind != MetricKind.Histogram && HasReservedSuffix(family)) return new(family, family, unit, MetricKind.Untyped);

        return new(family, kind == MetricKind.Counter ? family + TotalSuffix : family, unit, kind);
    }

    /// <summary>Every name that a family of this kind puts on a page, in either format.</summary>
    public IEnumerable<string> Claims() => Kind switch
    {
        MetricKind.Counter => [Family, Sample],
        MetricKind.Histogram => [Family, Family + "_bucket", Family + "_count", Family + "_sum"],
        _ => [Family],
    };

    private static bool HasReservedSuffix(string name) =>
        name.EndsWith("_count", StringComparison.Ordinal)
        || name.EndsWith("_sum", StringComparison.Ordinal)
        || name.EndsWith("_bucket", StringComparison.Ordinal);

    private static string UnitWord(string? ucumUnit) => ucumUnit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        _ => "", // ratios ("1"), annotations ("{event}") and units nobody here uses
    };

    // The colon is legal but belongs to recording rules.
    private static string Sanitise(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text.Insert(0, '_');
        return text.ToString();
    }
}
