using System.Text;

namespace Streamgauge.Views.Tests;

/// <summary>Says what an answer must hold, from the facts alone, with a loop over all of them for every value.</summary>
internal static class NaiveAnswer
{
    /// <summary>Checks every value of an answer, given the bounds of its points and of its range.</summary>
    public static void Check(ViewAnswer answer, IReadOnlyList<Fact> all, (long Start, long End)[] points, (long Start, long End)[]? previousPoints, (long From, long To) range, (long From, long To) previous, string because)
    {
        var query = answer.Plan.Query;
        var facts = all.Where(fact => query.Where?.Matches(fact.Field) != false).ToList();
        var covered = facts.Where(fact => points.Concat(previousPoints ?? []).Append((range.From, range.To)).Any(point => Within(fact, point)) || Within(fact, (FirstMs(answer), range.To))).ToList();
        var names = covered.Select(fact => NameOf(fact, answer.Plan)).Distinct().ToList();
        if (answer.Plan.GroupBy.Count == 0 && names.Count == 0) names.Add("");

        var ranged = facts.Where(fact => Within(fact, range)).ToList();
        var order = query.Order ?? QueryOrder.Default;
        var scored = names.Select(name => (Name: name, Score: Score(order.By, [.. ranged.Where(fact => NameOf(fact, answer.Plan) == name)]))).ToList();
        var sorted = (order.Descending ? scored.OrderByDescending(pair => pair.Score ?? Int128.MinValue) : scored.OrderBy(pair => pair.Score ?? Int128.MaxValue))
            .ThenBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => pair.Name).ToList();
        var own = query.Top is { } top ? sorted.Take(top).ToList() : sorted;
        Assert.True(answer.Series.Count == own.Count + (own.Count < sorted.Count ? 1 : 0), $"{because}: {answer.Series.Count} series of {sorted.Count} groups");

        for (var i = 0; i < answer.Series.Count; i++)
        {
            var isRest = i == own.Count;
            Assert.Equal(isRest, answer.Series[i].IsRest);
            var label = isRest ? [.. answer.Plan.GroupBy.Select(_ => "(rest)")] : answer.Plan.GroupBy.Count == 0 ? [] : own[i].Split(GroupKey.Separator).Select(value => value.Length == 0 ? null : value).ToArray();
            Assert.True(label.SequenceEqual(answer.Series[i].Group), $"{because}: series {i} is {string.Join('|', answer.Series[i].Group)}, expected {string.Join('|', label)}");
            var mine = facts.Where(fact => isRest ? !own.Contains(NameOf(fact, answer.Plan)) : NameOf(fact, answer.Plan) == own[i]).ToList();
            CheckSeries(answer.Series[i], mine, points, range, $"{because}, series {i}");
            if (answer.Compare is { } compare) CheckSeries(compare.Series[i], mine, previousPoints!, previous, $"{because}, compared series {i}");
        }

        foreach (var total in answer.Totals) CheckValue(total, 0, ranged, $"{because}, totals");
        foreach (var total in answer.Compare?.Totals ?? []) CheckValue(total, 0, [.. facts.Where(fact => Within(fact, previous))], $"{because}, compared totals");
    }

    private static void CheckSeries(SeriesAnswer series, List<Fact> facts, (long Start, long End)[] points, (long From, long To) range, string because)
    {
        foreach (var values in series.Values)
        {
            Assert.Equal(points.Length, values.Count);
            for (var point = 0; point < points.Length; point++) CheckValue(values, point, [.. facts.Where(fact => Within(fact, points[point]))], $"{because}, point {point}");
        }

        foreach (var total in series.Totals) CheckValue(total, 0, [.. facts.Where(fact => Within(fact, range))], $"{because}, total");
    }

    private static void CheckValue(MeasureValues values, int point, List<Fact> facts, string because)
    {
        if (values.Measure.Kind != MeasureKind.Quantiles)
        {
            var expected = Score(values.Measure.Name, facts);
            Assert.True(expected == values.Number(point), $"{because}: {values.Measure.Name} is {values.Number(point)}, expected {expected}");
            return;
        }

        for (var part = 0; part < values.Parts; part++)
        {
            var exact = Quantile(facts, part);
            var told = values.Number(point, part);
            Assert.True(exact is null == told is null, because);
            if (exact is { } number) Assert.True(Int128.Abs(told!.Value - number) * 100 <= Math.Abs(number), $"{because}: {told} for {number}");
        }
    }

    private static Int128? Score(string measure, List<Fact> facts)
    {
        var values = facts.Where(fact => fact.Micros is not null).Select(fact => fact.Micros!.Value).ToList();
        return measure switch
        {
            "count" => facts.Count,
            "sum(value)" => values.Aggregate((Int128)0, (sum, value) => sum + value),
            "min(value)" => values.Count == 0 ? null : values.Min(),
            "max(value)" => values.Count == 0 ? null : values.Max(),
            "avg(value)" => values.Count == 0 ? null : (long)Math.Round(values.Sum(value => (decimal)value) / values.Count, MidpointRounding.AwayFromZero),
            "p95(value)" => Quantile(facts, 2) is { } exact ? LogHistogram.ValueOf(LogHistogram.IndexOf(exact)) : null,
            _ => Unique(facts),
        };
    }

    private static long Unique(List<Fact> facts)
    {
        var sketch = new HyperLogLog();
        foreach (var fact in facts.Where(fact => fact.User is not null))
        {
            var (register, rank) = HyperLogLog.Locate(Encoding.UTF8.GetBytes(fact.User!));
            sketch.Add(register, rank);
        }

        return sketch.Estimate();
    }

    private static long? Quantile(List<Fact> facts, int part)
    {
        var values = facts.Where(fact => fact.Micros is not null).Select(fact => fact.Micros!.Value).Order().ToList();
        var hundredths = new[] { 50, 90, 95, 99 }[part];
        return values.Count == 0 ? null : values[((values.Count * hundredths) + 99) / 100 - 1];
    }

    private static string NameOf(Fact fact, QueryPlan plan) => string.Join(GroupKey.Separator, plan.GroupBy.Select(field => fact.Field(field) ?? ""));

    private static bool Within(Fact fact, (long Start, long End) span) => fact.TimestampMs >= span.Start && fact.TimestampMs < span.End;

    private static long FirstMs(ViewAnswer answer) => answer.Plan.BucketStartsMs.First();
}
