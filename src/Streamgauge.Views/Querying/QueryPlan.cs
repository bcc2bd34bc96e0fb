using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Views;

/// <summary>A query that can be answered: from which tier, over which buckets, in which points.</summary>
public sealed class QueryPlan
{
    internal QueryPlan(ViewDefinition view, ViewQuery query, QueryLimits limits, Tier tier, QueryShape shape)
    {
        (View, Query, Limits, Tier, Shape) = (view, query, limits, tier, shape);
        Period = QueryPeriod.AllTime;
        TimeZone = query.TimeZone ?? TimeZoneInfo.Utc;
    }

    /// <summary>The view that is asked.</summary>
    public ViewDefinition View { get; }

    /// <summary>What was asked.</summary>
    public ViewQuery Query { get; }

    /// <summary>The limits it was planned and is answered under.</summary>
    public QueryLimits Limits { get; }

    /// <summary>The tier it is answered from.</summary>
    public Tier Tier { get; }

    /// <summary>Distance of the points; null for one total of all time.</summary>
    public TimeSpan? Step { get; internal init; }

    /// <summary>Whose days and hours the points follow.</summary>
    public TimeZoneInfo TimeZone { get; }

    /// <summary>The range; without points for all time.</summary>
    public QueryPeriod Period { get; internal init; }

    /// <summary>The period before, when it is to be compared.</summary>
    public QueryPeriod? Previous { get; internal init; }

    /// <summary>Fields the groups are told apart by.</summary>
    public IReadOnlyList<string> GroupBy => Shape.GroupBy;

    /// <summary>What is told about each group.</summary>
    public IReadOnlyList<Measure> Measures => Shape.Measures;

    /// <summary>Buckets to read.</summary>
    public int BucketCount => Tier.EveryMs == 0 ? 1 : (int)((Period.ToMs - FirstMs) / Tier.EveryMs);

    /// <summary>Starts of the buckets to read, oldest first, the comparison's among them; 0 for the one of all time.</summary>
    public IEnumerable<long> BucketStartsMs
    {
        get
        {
            for (var bucket = 0; bucket < BucketCount; bucket++) yield return FirstMs + (bucket * Tier.EveryMs);
        }
    }

    internal QueryShape Shape { get; }

    internal long FirstMs => Math.Min(Period.FirstMs, Previous?.FirstMs ?? long.MaxValue);

    /// <summary>Plans a query, or says why it cannot be answered.</summary>
    /// <param name="nowMs">Decides what is still kept, and where a range without an end ends.</param>
    public static bool TryCreate(
        ViewDefinition view, ViewQuery query, long nowMs, QueryLimits limits, [NotNullWhen(true)] out QueryPlan? plan, [NotNullWhen(false)] out QueryFault? fault)
    {
        plan = null;
        if (view.Sessions is not null)
        {
            fault = new QueryFault("view", $"view \"{view.Name}\" is one of sessions: it has no buckets to ask about; GET /v1/sessions/{view.Name} tells what it knows");
            return false;
        }

        if (!QueryShape.TryCreate(view, query, out var shape, out fault)) return false;
        plan = new QueryPlanner(view, query, shape, nowMs, limits).Plan(out fault);
        return plan is not null;
    }
}
