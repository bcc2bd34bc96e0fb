using System.Text.Json;

namespace Streamgauge.Tests.System;

/// <summary>What is promised of a view with more groups than its budget: exact totals, exact named groups, and how many hide behind <c>(other)</c>.</summary>
internal static class TightCheck
{
    /// <summary>Differences, in words.</summary>
    /// <param name="answer">By stored bucket: the step is the tier's length.</param>
    public static List<string> DifferencesOf(OracleView view, OracleTier tier, IReadOnlyList<OracleEvent> all, JsonElement answer)
    {
        var found = new List<string>();
        var hidden = new HashSet<string>();
        var events = all.Where(tier.Takes).ToList();
        List<Span> points = tier.EveryMs == 0 ? [new Span(0, long.MaxValue)] : [.. answer.GetProperty("buckets").EnumerateArray().Select(bucket => new Span(Ms(bucket, "start"), Ms(bucket, "end")))];
        for (var point = 0; point < points.Count; point++)
        {
            var groups = events.Where(one => points[point].Holds(one.TsMs)).GroupBy(one => one.Text(view.GroupBy[0]) ?? "").ToDictionary(group => group.Key, group => group.ToList());
            var told = new Dictionary<string, (decimal Count, decimal Sum)>();
            foreach (var series in answer.GetProperty("series").EnumerateArray())
            {
                var values = tier.EveryMs == 0 ? series.GetProperty("totals") : series.GetProperty("values");
                var count = At(values, "count");
                if (count != 0) told.Add(series.GetProperty("group").GetProperty(view.GroupBy[0]).GetString() ?? "", (count, At(values, "sum(value)")));
            }

            var other = told.GetValueOrDefault("(other)");
            told.Remove("(other)");
            if (told.Count != Math.Min(view.Limit, groups.Count)) found.Add($"{tier.Name} {points[point].StartMs}: {told.Count} named groups of {groups.Count}");
            foreach (var (name, values) in told)
            {
                if (!groups.Remove(name, out var mine) || values != Values(mine)) found.Add($"{tier.Name} {points[point].StartMs} {name}: {values}, expected {(mine is null ? default : Values(mine))}");
            }

            if (other != Values([.. groups.Values.SelectMany(group => group)])) found.Add($"{tier.Name} {points[point].StartMs} (other): {other}");
            hidden.UnionWith(groups.Keys);

            decimal At(JsonElement values, string measure) => (tier.EveryMs == 0 ? values.GetProperty(measure) : values.GetProperty(measure)[point]).GetDecimal();
        }

        var estimated = answer.GetProperty("hidden_groups").GetDecimal();
        if (!Bounds.OfUnique(hidden.Count, estimated)) found.Add($"{tier.Name}: {estimated} hidden groups, expected {hidden.Count}");
        return found;
    }

    private static (decimal Count, decimal Sum) Values(List<OracleEvent> events) => (events.Count, events.Sum(one => one.Number("value") ?? 0));

    private static long Ms(JsonElement json, string name) => json.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();
}
