namespace Streamgauge.Views;

/// <summary>Names of a view's stored fields.</summary>
public abstract class ViewNaming
{
    /// <summary>For declared views: the column, a colon, the group: <c>sum(value):laptop</c>.</summary>
    public static ViewNaming Declared { get; } = new DeclaredNaming();

    /// <summary>As documented for the built-in counters: <c>type:</c>click<c>:count</c>, <c>type:</c>click<c>:value_micros</c>.</summary>
    public static ViewNaming Documented(string prefix, string countSuffix, string sumSuffix = "") => new DocumentedNaming(prefix, countSuffix, sumSuffix);

    /// <summary>The columns that <paramref name="measures"/> need, each once, the count first.</summary>
    internal IReadOnlyList<ViewColumn> Columns(IReadOnlyList<Measure> measures)
    {
        var columns = new List<ViewColumn> { Column(ColumnKind.Count, "") };
        foreach (var measure in measures)
        {
            foreach (var kind in KindsOf(measure.Kind))
            {
                if (!columns.Exists(column => column.Kind == kind && column.Field == measure.Field)) columns.Add(Column(kind, measure.Field));
            }
        }

        return columns;
    }

    private protected abstract ViewColumn Column(ColumnKind kind, string field);

    private static ColumnKind[] KindsOf(MeasureKind measure) => measure switch
    {
        MeasureKind.Count => [],
        MeasureKind.Sum => [ColumnKind.Sum],
        MeasureKind.Min => [ColumnKind.Min],
        MeasureKind.Max => [ColumnKind.Max],
        MeasureKind.Average => [ColumnKind.Sum, ColumnKind.Values],
        MeasureKind.Unique => [ColumnKind.Registers],
        MeasureKind.Quantiles => [ColumnKind.Histogram],
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    private sealed class DeclaredNaming : ViewNaming
    {
        private protected override ViewColumn Column(ColumnKind kind, string field) => new(kind, field, kind switch
        {
            ColumnKind.Count => "count:",
            ColumnKind.Values => $"values({field}):",
            ColumnKind.Sum => $"sum({field}):",
            ColumnKind.Min => $"min({field}):",
            ColumnKind.Max => $"max({field}):",
            ColumnKind.Registers => $"unique({field}):",
            ColumnKind.Histogram => $"quantiles({field})/",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        });
    }

    private sealed class DocumentedNaming(string prefix, string countSuffix, string sumSuffix) : ViewNaming
    {
        private protected override ViewColumn Column(ColumnKind kind, string field) => kind switch
        {
            ColumnKind.Count => new ViewColumn(kind, field, prefix, countSuffix),
            ColumnKind.Sum => new ViewColumn(kind, field, prefix, sumSuffix),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "the documented layout has counts and sums only"),
        };
    }
}
