namespace Streamgauge.Views;

/// <summary>Which groups have a series of their own, in which order, and which share the rest.</summary>
internal sealed class SeriesOrder
{
    private readonly int[] _groupOfSeries; // those with a series of their own

    private SeriesOrder(int[] groupOfSeries, int[] seriesOfGroup, int count) => (_groupOfSeries, SeriesOfGroup, Count) = (groupOfSeries, seriesOfGroup, count);

    /// <summary>Series, the rest among them.</summary>
    public int Count { get; }

    /// <summary>Series by group number.</summary>
    public int[] SeriesOfGroup { get; }

    /// <summary>Series an answer has.</summary>
    public static long CountOf(QueryPlan plan, GroupIndex groups) =>
        plan.Query.Top is { } top && top < groups.Names.Count ? (long)top + 1 : groups.Names.Count;

    /// <summary>Orders the groups by their value over the range: absent ones last, equal ones by name, and <c>(other)</c>, which is no group, after all.</summary>
    public static SeriesOrder Of(QueryPlan plan, BucketRows rows, GroupIndex groups)
    {
        var order = new int[groups.Names.Count];
        for (var group = 0; group < order.Length; group++) order[group] = group;
        if (order.Length > 1)
        {
            var fold = new SeriesFold(plan.View, rows, rows.Ids.ToArray(), order.Length, [rows.SpanOf(plan.Period.FromMs, plan.Period.ToMs)]);
            var folded = fold.Fold(plan.Shape.OrderBy);
            var values = Array.ConvertAll(order, group => folded.Of(group).Number(0, plan.Shape.OrderPart));
            var isDescending = (plan.Query.Order ?? QueryOrder.Default).Descending;
            Array.Sort(order, (one, two) => Compare(groups.Names[one], values[one], groups.Names[two], values[two], isDescending));
        }

        var count = (int)CountOf(plan, groups);
        var own = Math.Min(order.Length, plan.Query.Top ?? order.Length);
        var seriesOfGroup = new int[order.Length];
        for (var rank = 0; rank < order.Length; rank++) seriesOfGroup[order[rank]] = Math.Min(rank, own);
        return new SeriesOrder(order[..own], seriesOfGroup, count);
    }

    /// <summary>Series by row.</summary>
    public static int[] MapRows(BucketRows rows, int[] seriesOfGroup)
    {
        var ids = rows.Ids;
        var series = new int[ids.Length];
        for (var row = 0; row < ids.Length; row++) series[row] = ids[row] < 0 ? GroupIndex.None : seriesOfGroup[ids[row]];
        return series;
    }

    /// <summary>Whether a series is what was cut.</summary>
    public bool IsRest(int series) => series == _groupOfSeries.Length;

    /// <summary>The values of a series' group.</summary>
    public IReadOnlyList<string?> GroupOf(int series, QueryPlan plan, GroupIndex groups)
    {
        var fields = plan.GroupBy.Count;
        if (IsRest(series)) return [.. Enumerable.Repeat(SeriesAnswer.Rest, fields)];
        var values = GroupKey.Split(groups.Names[_groupOfSeries[series]], fields);
        return [.. Enumerable.Range(0, fields).Select(field => field < values.Length && values[field].Length > 0 ? values[field] : null)];
    }

    private static int Compare(string name, Int128? value, string otherName, Int128? otherValue, bool isDescending)
    {
        if (name == GroupKey.Other || otherName == GroupKey.Other) return (name == GroupKey.Other).CompareTo(otherName == GroupKey.Other);
        if (value is null || otherValue is null)
        {
            if (value is null != otherValue is null) return value is null ? 1 : -1;
        }
        else if (value.Value.CompareTo(otherValue.Value) is var difference and not 0)
        {
            return isDescending ? -difference : difference;
        }

        return string.CompareOrdinal(name, otherName);
    }
}
