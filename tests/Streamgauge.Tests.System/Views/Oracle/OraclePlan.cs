namespace Streamgauge.Tests.System;

/// <summary>Which buckets a question is answered from, by the rules of <c>docs/views-querying.md</c> and nothing else.</summary>
/// <param name="Tier">Null when it cannot be answered.</param>
/// <param name="Points">What each point covers.</param>
/// <param name="Range">The range without what windows cover before.</param>
/// <param name="Previous">Points of the period before; empty unless compared.</param>
internal sealed record OraclePlan(OracleTier? Tier, IReadOnlyList<Span> Points, Span Range, IReadOnlyList<Span> Previous, Span PreviousRange)
{
    private const int PointsDefault = 120;

    /// <summary>A bucket on the verge of being forgotten may be gone before the answer is read.</summary>
    private const long VergeMs = 15_000;

    /// <summary>The first instant that is read.</summary>
    public long FirstMs => Points.Concat(Previous).Append(Range).Append(Previous.Count > 0 ? PreviousRange : Range).Min(span => span.StartMs);

    /// <summary>Plans a question that has a step.</summary>
    /// <param name="isVague">Whether the answer depends on a bucket that is being forgotten about now.</param>
    public static OraclePlan Of(OracleQuery query, long nowMs, out bool isVague)
    {
        isVague = false;
        if (query.IsAllTime) return new OraclePlan(query.View.HasAllTime ? OracleTier.All : null, [], new Span(0, long.MaxValue), [], default);
        var toMs = query.ToMs ?? nowMs;
        var grid = new OracleGrid(query, nowMs, query.FromMs ?? toMs);
        var last = grid.Ceil(toMs);
        if (query.FromMs is { } from) return Fit(query, grid, grid.Back(from, 0), last, nowMs, ref isVague);

        // As many points as are kept, at most 120.
        OraclePlan? best = null;
        for (var points = 1; points <= PointsDefault; points++)
        {
            var plan = Fit(query, grid, grid.Back(last, points), last, nowMs, ref isVague);
            if (plan.Tier is null) return best ?? plan;
            best = plan;
        }

        return best!;
    }

    private static OraclePlan Fit(OracleQuery query, OracleGrid grid, long fromMs, long toMs, long nowMs, ref bool isVague)
    {
        var edges = grid.Edges(fromMs, toMs);
        var plan = PlanOf(grid, edges);
        if (query.Compare)
        {
            var before = grid.EdgesBefore(fromMs, plan.Points.Count);
            plan = plan with { Previous = PointsOf(grid, before), PreviousRange = new Span(before[0], fromMs) };
        }

        foreach (var tier in query.View.Tiers.Where(tier => tier.EveryMs > 0).Reverse())
        {
            if (!plan.Points.Concat(plan.Previous).Append(plan.Range).All(span => span.StartMs % tier.EveryMs == 0 && span.EndMs % tier.EveryMs == 0)) continue;
            isVague |= IsOnTheVerge(tier, plan.FirstMs, nowMs);
            if (tier.ForgottenMs(plan.FirstMs) > nowMs) return plan with { Tier = tier };
            if (query.FromMs is not { } asked || query.Window is not null || query.Compare || edges.Count < 3) continue;

            // The first step is gone in part, but not the asked begin: the next step is the first.
            isVague |= IsOnTheVerge(tier, asked, nowMs) || IsOnTheVerge(tier, edges[1], nowMs);
            if (tier.ForgottenMs(asked) > nowMs) return PlanOf(grid, edges[1..]) with { Tier = tier };
        }

        return plan;
    }

    private static bool IsOnTheVerge(OracleTier tier, long ms, long nowMs) => tier.ForgottenMs(ms) - nowMs is > -VergeMs and < VergeMs;

    private static OraclePlan PlanOf(OracleGrid grid, List<long> edges) => new(null, PointsOf(grid, edges), new Span(edges[0], edges[^1]), [], default);

    private static List<Span> PointsOf(OracleGrid grid, List<long> edges) => [.. edges.Skip(1).Select((end, at) => new Span(grid.WindowStart(edges[at], end), end))];
}

/// <summary>From an instant to before another.</summary>
internal readonly record struct Span(long StartMs, long EndMs)
{
    public bool Holds(long ms) => ms >= StartMs && ms < EndMs;
}
