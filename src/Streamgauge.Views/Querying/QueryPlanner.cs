namespace Streamgauge.Views;

/// <summary>Finds step, range and tier of a query.</summary>
internal sealed class QueryPlanner(ViewDefinition view, ViewQuery query, QueryShape shape, long nowMs, QueryLimits limits)
{
    // What people put on an axis; the lengths of the tiers join them.
    private static readonly TimeSpan[] NiceSteps =
    [
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 3, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
        .. new[] { 1, 7, 28, 364 }.Select(days => TimeSpan.FromDays(days)),
    ];

    private readonly Tier[] _tiers = [.. view.Tiers.Where(tier => tier.EveryMs > 0)];
    private readonly TimeZoneInfo _zone = query.TimeZone ?? TimeZoneInfo.Utc;
    private readonly long _toMs = query.ToMs ?? nowMs;

    public QueryPlan? Plan(out QueryFault? fault)
    {
        if (query.AllTime || _tiers.Length == 0) return PlanAllTime(out fault);
        fault = QueryFaults.OfTimes(query, _toMs, _tiers[0]);
        if (fault is not null) return null;
        foreach (var step in query.Step is { } asked ? [asked] : StepsToTry())
        {
            foreach (var grid in StepGrid.Of(step, _zone, query.FromMs ?? _toMs))
            {
                var plan = Plan(grid, out var why);
                if (plan is not null && (query.Step is not null || plan.Period.Points <= ViewQuery.PointsDefault)) return plan;
                if (fault is null || (fault.Parameter == "step" && why is not null)) fault = why; // what is forgotten matters more than what does not fit
            }
        }

        fault ??= QueryFaults.NoStep(view);
        return null;
    }

    private QueryPlan? PlanAllTime(out QueryFault? fault)
    {
        fault = QueryFaults.OfAllTime(view, query);
        return fault is null ? new QueryPlan(view, query, limits, view.Tiers[^1], shape) : null;
    }

    /// <summary>The smallest step of a kind people ask for that is not below a length.</summary>
    public static TimeSpan NiceStepAbove(TimeSpan length) => NiceSteps.FirstOrDefault(step => step >= length, NiceSteps[^1]);

    private IEnumerable<TimeSpan> StepsToTry()
    {
        var finest = _tiers[0].Every!.Value;
        var steps = NiceSteps.Concat(_tiers.Select(tier => tier.Every!.Value)).Where(step => step >= finest).Distinct().Order();
        if (query.FromMs is not { } fromMs) return steps;
        var span = TimeSpan.FromMilliseconds(_toMs - fromMs);
        return steps.Where(step => span / step <= ViewQuery.PointsDefault && (step <= span || step <= finest * 2)).DefaultIfEmpty(finest);
    }

    private QueryPlan? Plan(StepGrid grid, out QueryFault? fault)
    {
        var toMs = grid.Ceil(_toMs);
        if (query.FromMs is { } asked)
        {
            var fromMs = grid.Floor(asked);
            var points = (toMs - fromMs) / (long)grid.Step.TotalMilliseconds;
            if (points > limits.PointsMax) return Refuse(QueryFaults.TooManyPoints(points, limits, grid.Step, toMs - fromMs), out fault);
            return Fit(grid, fromMs, toMs, out fault);
        }

        // As many points as are kept, found by halving: the fewer points, the less far back.
        var best = Fit(grid, grid.Back(toMs, 1), toMs, out fault);
        if (best is null) return null;
        var (low, high) = (1, Math.Min(ViewQuery.PointsDefault, limits.PointsMax));
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Fit(grid, grid.Back(toMs, middle), toMs, out _) is { } more) (best, low) = (more, middle);
            else high = middle - 1;
        }

        return best;
    }

    private QueryPlan? Fit(StepGrid grid, long fromMs, long toMs, out QueryFault? fault)
    {
        var edges = grid.Edges(fromMs, toMs);
        var period = PeriodOf(grid, edges);
        var previous = query.Compare ? PeriodOf(grid, grid.EdgesBefore(fromMs, period.Points)) : null;
        Tier? tiling = null;
        for (var i = _tiers.Length - 1; i >= 0; i--)
        {
            var tier = _tiers[i];
            if (!period.IsTiledBy(tier) || previous?.IsTiledBy(tier) == false) continue;
            tiling ??= tier;
            if (IsKept(tier, Math.Min(period.FirstMs, previous?.FirstMs ?? long.MaxValue))) return Check(grid, tier, period, previous, out fault);
            if (IsRaisable(tier, edges)) return Check(grid, tier, PeriodOf(grid, edges[1..]), null, out fault);
        }

        if (tiling is null) return Refuse(QueryFaults.NothingTiles(view, _tiers, grid, query, StepsThatTile(fromMs)), out fault);
        return Refuse(QueryFaults.Forgotten(view, _tiers, tiling, grid, query, nowMs, Math.Min(period.FirstMs, previous?.FirstMs ?? long.MaxValue)), out fault);
    }

    private QueryPlan? Check(StepGrid grid, Tier tier, QueryPeriod period, QueryPeriod? previous, out QueryFault? fault)
    {
        var plan = new QueryPlan(view, query, limits, tier, shape) { Step = grid.Step, Period = period, Previous = previous };
        var bucketCount = (period.ToMs - plan.FirstMs) / tier.EveryMs;
        if (bucketCount > limits.BucketsMax) return Refuse(QueryFaults.TooManyBuckets(bucketCount, limits, tier), out fault);
        var series = shape.GroupBy.Count > 0 && query.Top is { } top ? (long)top + 1 : 1;
        fault = QueryFaults.OfCells(period.Points, series, query.Compare, limits);
        return fault is null ? plan : null;
    }

    private QueryPeriod PeriodOf(StepGrid grid, long[] edges) =>
        new(edges, query.Window is { } window ? [.. edges.Skip(1).Select(edge => grid.WindowStart(edge, window))] : null);

    private bool IsKept(Tier tier, long startMs) => tier.IsKept(startMs, nowMs);

    // "The last 24 hours" of what is kept for 24 hours: the step they begin in is gone in part, so the next one is the first.
    private bool IsRaisable(Tier tier, long[] edges) =>
        query.FromMs is { } asked && query.Window is null && !query.Compare && edges.Length > 2 && IsKept(tier, tier.BucketStartMs(asked)) && IsKept(tier, edges[1]);

    private string StepsThatTile(long nearMs)
    {
        var steps = NiceSteps.Where(step => step >= _tiers[0].Every && StepGrid.Of(step, _zone, nearMs).Any(grid =>
        {
            var edges = new QueryPeriod([grid.Floor(nearMs), grid.Back(nearMs, -1), grid.Back(nearMs, -2)], null);
            return Array.Exists(_tiers, edges.IsTiledBy);
        }));
        return string.Join(", ", steps.Select(QueryFaults.Text));
    }

    private static QueryPlan? Refuse(QueryFault why, out QueryFault? fault)
    {
        fault = why;
        return null;
    }
}
