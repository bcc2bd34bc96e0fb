using Microsoft.Extensions.Options;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Answers questions about views: finds the view, plans, brings the buckets together, adds up.</summary>
internal sealed class ViewAnswers(ViewStore store, SnapshotSource source, BucketGathering gathering, IOptions<ServingOptions> options)
{
    private const int SharedMax = 64; // answers may be large, and a state lives until the next refresh

    /// <summary>Finds a view that can be answered from.</summary>
    public bool TryFind(string name, out ViewsState? state, out ServedView? view, out Problem? problem)
    {
        state = store.Current;
        view = state?.Find(name);
        problem = state is null ? Problem.NoSnapshot(source.Outage)
            : view is null ? ViewProblems.UnknownView(name, state.Views)
            : view.State == CatalogState.Building ? ViewProblems.ViewBeingBuilt(name)
            : null;
        return problem is null;
    }

    /// <summary>Plans a query.</summary>
    /// <param name="nowMs">Redis's clock at the moment the answer belongs to.</param>
    public static bool TryPlan(ServedView view, ViewQuery query, long nowMs, out QueryPlan? plan, out Problem? problem)
    {
        problem = QueryPlan.TryCreate(view.Definition, query, nowMs, QueryLimits.Default, out plan, out var fault) ? null : ViewProblems.Unanswerable(fault);
        return problem is null;
    }

    /// <summary>The freshness of an answer from a state.</summary>
    public FreshnessFacts FactsOf(ViewsState state, ServedView view)
    {
        var age = store.AgeOf(state);
        return FreshnessFacts.Of(state, view, source.Outage is not null || age > options.Value.DegradedAfter ? age : null);
    }

    /// <summary>Newest revision of the buckets of a plan, without reading any.</summary>
    public static long RevisionOf(ServedView view, QueryPlan plan) => BucketGathering.RevisionOf(view, TierOf(view, plan), plan.BucketStartsMs);

    /// <summary>Answers a plan.</summary>
    public async Task<(ViewAnswer? Answer, Problem? Problem)> AnswerAsync(ServedView view, QueryPlan plan, Freshness freshness)
    {
        var gathered = await gathering.GatherAsync(view, TierOf(view, plan), plan.BucketStartsMs);
        switch (gathered.Outcome)
        {
            case GatherOutcome.Busy: return (null, ViewProblems.TooManyReads);
            case GatherOutcome.Away: return (null, ViewProblems.RedisAway);
            case GatherOutcome.TooLarge: return (null, ViewProblems.TooLarge(options.Value.ViewCellsMax));
        }

        var isBuilt = ViewAnswerBuilder.TryBuild(plan, startMs => gathered.Buckets.GetValueOrDefault(startMs), freshness, out var answer, out var fault);
        return isBuilt ? (answer, null) : (null, ViewProblems.Unanswerable(fault!));
    }

    /// <summary>Answers a plan once for all who ask the same of the same state.</summary>
    /// <param name="text">The question, so that equal texts are equal questions.</param>
    public Task<(ViewAnswer? Answer, Problem? Problem)> AnswerSharedAsync(ViewsState state, string text, ServedView view, QueryPlan plan, Freshness freshness)
    {
        if (state.Shared.Count >= SharedMax) return AnswerAsync(view, plan, freshness);
        return state.Shared.GetOrAdd(text, _ => AnswerAsync(view, plan, freshness));
    }

    private static int TierOf(ServedView view, QueryPlan plan)
    {
        for (var tier = 0; tier < view.Definition.Tiers.Count; tier++)
        {
            if (view.Definition.Tiers[tier] == plan.Tier) return tier;
        }

        throw new ArgumentException("The plan is for another view.", nameof(plan));
    }
}
