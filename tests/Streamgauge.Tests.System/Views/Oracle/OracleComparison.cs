namespace Streamgauge.Tests.System;

/// <summary>Holds answers to all events ever sent, filtered and grouped anew for every question.</summary>
internal sealed class OracleComparison(IReadOnlyList<OracleEvent> all)
{
    /// <summary>Values that were compared.</summary>
    public int Values { get; private set; }

    /// <summary>Estimates of distinct values among them, and those of them within one standard error.</summary>
    public (int All, int Near) Uniques { get; private set; }

    /// <summary>The first differences of an answer, in words; empty when it is right.</summary>
    public IReadOnlyList<string> DifferencesOf(OracleQuery query, OraclePlan plan, ToldAnswer told)
    {
        var found = new List<string>();
        var view = query.View;
        List<OracleEvent> counted = [.. all.Where(one => view.Passes(one) && plan.Tier!.Takes(one) && one.TsMs >= plan.FirstMs && one.TsMs < plan.Range.EndMs)];
        var events = counted.Where(query.Passes).ToLookup(NameOf);
        List<string> names = query.GroupAsked.Count == 0 ? [""] : [.. events.Select(group => group.Key)];
        ComparePoints();

        var own = Math.Min(query.Top ?? int.MaxValue, names.Count);
        var labels = told.Series.Select(series => string.Join('\u001f', series.Group)).ToList();
        var rest = string.Join('\u001f', query.GroupAsked.Select(_ => "(rest)"));
        if (OracleMeasures.IsExact(query.Order ?? "count"))
        {
            var sorted = Sorted();
            List<string> expected = own < names.Count ? [.. sorted.Take(own), rest] : sorted;
            if (!expected.SequenceEqual(labels)) found.Add($"series are {Shown(labels)}, expected {Shown(expected)}");
        }
        else
        {
            // Ordered by an estimate: which groups come first is the estimate's to say, but each once, and the rest last.
            if (labels.Count != own + (own < names.Count ? 1 : 0) || labels.Take(own).Except(names).Any() || labels.Distinct().Count() != labels.Count) found.Add($"series are {Shown(labels)} of {Shown(names)}");
            if (own < names.Count && labels[^1] != rest) found.Add("the rest is not last");
            CompareOrder();
        }

        if (found.Count > 0) return found;
        for (var at = 0; at < labels.Count; at++)
        {
            List<OracleEvent> mine = [.. at < own ? events[labels[at]] : names.Except(labels).SelectMany(name => events[name])];
            var series = told.Series[at];
            CompareList($"{labels[at]}", plan.Points, mine, series.Points);
            Compare($"{labels[at]} total", mine.Where(one => plan.Range.Holds(one.TsMs)), series.Totals);
            if (!query.Compare) continue;
            CompareList($"{labels[at]} before", plan.Previous, mine, series.Previous!);
            Compare($"{labels[at]} total before", mine.Where(one => plan.PreviousRange.Holds(one.TsMs)), series.PreviousTotals);
        }

        var everything = events.SelectMany(group => group).ToList();
        Compare("totals", everything.Where(one => plan.Range.Holds(one.TsMs)), told.Totals);
        if (query.Compare) Compare("totals before", everything.Where(one => plan.PreviousRange.Holds(one.TsMs)), told.PreviousTotals);
        return found;

        string NameOf(OracleEvent one) => string.Join('\u001f', query.GroupAsked.Select(field => one.Text(field) ?? ""));

        List<string> Sorted()
        {
            var scored = names.Select(name => (Name: name, Score: OracleMeasures.Of(query.Order ?? "count", [.. events[name].Where(one => plan.Range.Holds(one.TsMs))]))).ToList();
            return [.. scored.OrderBy(pair => pair.Score is null).ThenBy(pair => query.Ascending ? pair.Score : -pair.Score).ThenBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => pair.Name)];
        }

        void CompareOrder()
        {
            var column = query.Columns.ToList().IndexOf(query.Order!);
            var scores = told.Series.Take(own).Select(series => column < 0 ? null : series.Totals?[column]).ToList();
            if (scores.TrueForAll(score => score is null)) return;
            var sorted = scores.OrderBy(score => score is null).ThenBy(score => query.Ascending ? score : -score).ToList();
            if (!sorted.SequenceEqual(scores)) found.Add($"order by {query.Order}: {string.Join(' ', scores)}");
        }

        void ComparePoints()
        {
            if (told.Points.Count == 0 && told.Series.Count == 0 && query.Format != "json") return; // lines without groups are none
            if (!told.Points.Select(point => new Span(point.StartMs, point.EndMs)).SequenceEqual(plan.Points))
                found.Add($"points are {string.Join(' ', told.Points.Select(point => $"{point.StartMs}-{point.EndMs}"))}, expected {string.Join(' ', plan.Points.Select(point => $"{point.StartMs}-{point.EndMs}"))}");
            var commits = told.Points.Where(point => point.Revision is not null && point.Revision > 0 != counted.Exists(one => one.TsMs >= point.StartMs && one.TsMs < point.EndMs));
            found.AddRange(commits.Select(point => $"revision of {point.StartMs} is {point.Revision}"));
        }

        void CompareList(string what, IReadOnlyList<Span> points, List<OracleEvent> mine, decimal?[][] values)
        {
            for (var point = 0; point < points.Count; point++) Compare($"{what} at {points[point].StartMs}", mine.Where(one => points[point].Holds(one.TsMs)), values[point]);
        }

        void Compare(string what, IEnumerable<OracleEvent> some, decimal?[]? values)
        {
            if (values is null || found.Count > 5) return;
            List<OracleEvent> mine = [.. some];
            for (var column = 0; column < values.Length; column++)
            {
                var name = query.Columns[column];
                var exact = OracleMeasures.Of(name, mine);
                Values++;
                if (OracleMeasures.IsUnique(name) && exact > 0) Uniques = (Uniques.All + 1, Uniques.Near + (Bounds.OfUniqueMostly(exact.Value, values[column] ?? 0) ? 1 : 0));
                if (!OracleMeasures.Agrees(name, exact, values[column])) found.Add($"{what}: {name} is {values[column]}, expected {exact}");
            }
        }
    }

    private static string Shown(IEnumerable<string> labels) => $"[{string.Join(" | ", labels).Replace('\u001f', ',')}]";
}
