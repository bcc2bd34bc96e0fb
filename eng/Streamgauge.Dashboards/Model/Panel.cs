namespace Streamgauge.Dashboards;

/// <summary>One panel.</summary>
/// <param name="Unit">Grafana's id of a unit, of <see cref="Units"/>.</param>
/// <param name="Description">What it shows, and what a reader should make of it.</param>
internal sealed record Panel(PanelKind Kind, string Title, string Unit, string Description, params Query[] Queries)
{
    /// <summary>The alert whose threshold is drawn: red above it.</summary>
    public string? Alert { get; init; }

    /// <summary>The alert that fires while the panel's number is 0: red at 0, green at 1. Not together with <see cref="Alert"/>.</summary>
    public string? AlertAtZero { get; init; }

    /// <summary>Of the 24 columns; null shares what the others leave.</summary>
    public int? Width { get; init; }

    /// <summary>Series on top of each other: their sum has a meaning.</summary>
    public bool IsStacked { get; init; }
}

/// <summary>One query of a panel.</summary>
/// <param name="Expression">PromQL; <c>$target</c> stands for the matchers of the dashboard's variables.</param>
/// <param name="Legend">Grafana's format: <c>{{label}}</c>.</param>
internal sealed record Query(string Expression, string Legend)
{
    /// <summary>Why it gives nothing while all is well; null for a query that always gives something.</summary>
    public string? EmptyBecause { get; init; }

    /// <summary>Its text in Grafana.</summary>
    public string Text => Expression.Replace("$target", Variables.Matchers, StringComparison.Ordinal);
}

/// <summary>How a panel shows its series.</summary>
internal enum PanelKind
{
    /// <summary>Lines over time.</summary>
    Lines,

    /// <summary>The last number, large, with a small line behind it.</summary>
    Number,

    /// <summary>Buckets of a histogram over time; its query ends in <c>by (le)</c>.</summary>
    Heatmap,

    /// <summary>Bars, the longest first, of the last numbers.</summary>
    Bars,

    /// <summary>Rows of labels and the last numbers.</summary>
    Table,
}
