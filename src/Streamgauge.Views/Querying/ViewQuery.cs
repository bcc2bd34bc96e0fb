namespace Streamgauge.Views;

/// <summary>What is asked of a view. Everything may be left out.</summary>
public sealed record ViewQuery
{
    /// <summary>Points of a series unless a step or a start says otherwise.</summary>
    public const int PointsDefault = 120;

    /// <summary>Begin of the range, Unix milliseconds; lowered to the step.</summary>
    /// <value>Default: <see cref="PointsDefault"/> steps before <see cref="ToMs"/>, or as many as are kept.</value>
    public long? FromMs { get; init; }

    /// <summary>End of the range, exclusive, Unix milliseconds; raised to the step.</summary>
    /// <value>Default: now.</value>
    public long? ToMs { get; init; }

    /// <summary>Distance of the points. Whole days follow the local midnights of <see cref="TimeZone"/>, anything else is fixed time.</summary>
    /// <value>Default: the smallest that gives at most <see cref="PointsDefault"/> points; without <see cref="FromMs"/> the length of the finest buckets.</value>
    public TimeSpan? Step { get; init; }

    /// <summary>Whose days and hours the steps follow; see <see cref="QueryTimeZone"/>.</summary>
    /// <value>Default: UTC.</value>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>What each point covers, up to its end: <c>[end - Window, end)</c>. Longer than the step it slides; whole days are local ones when the step is.</summary>
    /// <value>Default: the step.</value>
    public TimeSpan? Window { get; init; }

    /// <summary>Fields to tell apart by, a part of the view's own; the others are added up.</summary>
    /// <value>Default: all of the view's; empty for one group of everything.</value>
    public IReadOnlyList<string>? GroupBy { get; init; }

    /// <summary>Takes groups whose fields pass; only over the view's group-by fields.</summary>
    /// <value>Default: all groups.</value>
    public EventFilter? Where { get; init; }

    /// <summary>How many groups get a series of their own; the others share one, <c>(rest)</c>.</summary>
    /// <value>Default: all.</value>
    public int? Top { get; init; }

    /// <summary>What the groups are ordered by, over the whole range.</summary>
    /// <value>Default: the count, largest first.</value>
    public QueryOrder? Order { get; init; }

    /// <summary>Tells the same of the period of equal length before: as many steps, so as many local days where the step is days.</summary>
    public bool Compare { get; init; }

    /// <summary>Names of the measures to tell, of the view's.</summary>
    /// <value>Default: all of the view's.</value>
    public IReadOnlyList<string>? Measures { get; init; }

    /// <summary>Asks the tier of all time for one total, without points; needs no saying when the view has no other tier.</summary>
    public bool AllTime { get; init; }
}

/// <summary>An order of groups.</summary>
/// <param name="By">A measure's name, or one quantile: <c>p95(value)</c>.</param>
public sealed record QueryOrder(string By, bool Descending = true)
{
    /// <summary>The largest count first.</summary>
    public static QueryOrder Default { get; } = new("count");
}
