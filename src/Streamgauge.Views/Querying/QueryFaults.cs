using System.Globalization;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>The texts of refusals: what is wrong, the numbers, what to ask instead.</summary>
internal static class QueryFaults
{
    public static string Text(TimeSpan length) => new Tier(length, TimeSpan.Zero).Name;

    public static string Text(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFK", CultureInfo.InvariantCulture);

    public static QueryFault? OfAllTime(ViewDefinition view, ViewQuery query)
    {
        if (view.Tiers[^1].EveryMs > 0)
            return new QueryFault("step", $"view \"{view.Name}\" keeps no total of all time; it keeps {Tiers(view.Tiers)}: ask for a range");
        var asked = query.FromMs is not null ? "from" : query.ToMs is not null ? "to" : query.Step is not null ? "step" : query.Window is not null ? "window" : query.Compare ? "compare" : null;
        if (asked is null) return null;
        return view.Tiers.Count > 1
            ? new QueryFault(asked, $"the total of all time has no {asked}; leave out from, to, step, window and compare, or ask for a range instead")
            : new QueryFault(asked, $"view \"{view.Name}\" is one total of all time, so it has no {asked}; leave out from, to, step, window and compare, or declare tiers for it");
    }

    public static QueryFault? OfTimes(ViewQuery query, long toMs, Tier finest)
    {
        if (query.FromMs is < EventLimits.TimestampMsMin or > EventLimits.TimestampMsMax) return new QueryFault("from", "from is outside of 1970 to 2100");
        if (toMs is < EventLimits.TimestampMsMin or > EventLimits.TimestampMsMax) return new QueryFault("to", "to is outside of 1970 to 2100");
        if (query.FromMs >= toMs) return new QueryFault("from", $"from {Text(query.FromMs.Value)} is not before to {Text(toMs)}; to is exclusive and defaults to now");
        if (query.Step is { } step && (step < finest.Every || !IsWholeMs(step) || step.TotalDays > 50_000))
            return new QueryFault("step", $"step {Text(step)} is finer than the view's finest buckets of {finest.Name}, or beyond all range; ask for {finest.Name} or more");
        if (query.Window is { } window && (window < finest.Every || !IsWholeMs(window) || window.TotalDays > 50_000))
            return new QueryFault("window", $"window {Text(window)} is finer than the view's finest buckets of {finest.Name}, or beyond all range; ask for {finest.Name} or more");
        return null;
    }

    public static QueryFault TooManyPoints(long points, QueryLimits limits, TimeSpan step, long spanMs) => new("step",
        $"{points} points of {Text(step)} are asked for, the limit is {limits.PointsMax}; ask for a step of {Text(QueryPlanner.NiceStepAbove(TimeSpan.FromSeconds(spanMs / 1_000d / limits.PointsMax)))} or more, or a shorter range");

    public static QueryFault TooManyBuckets(long buckets, QueryLimits limits, Tier tier) => new("from",
        $"{buckets} buckets of {tier.Name} would have to be read, the limit is {limits.BucketsMax}; ask for a shorter range, or a step that is a multiple of coarser buckets");

    public static QueryFault? OfCells(long points, long series, bool compare, QueryLimits limits)
    {
        var periods = compare ? 2 : 1;
        var cells = points * series * periods;
        if (cells <= limits.CellsMax) return null;
        var seriesMax = limits.CellsMax / Math.Max(1, points * periods);
        return new QueryFault("top", $"{points} points × {series} series{(compare ? " × 2 periods" : "")} are {cells} cells, the limit is {limits.CellsMax}; "
            + $"ask for top={Math.Max(1, seriesMax - 1)} or fewer, a larger step, or fewer group fields");
    }

    public static QueryFault TooManyRows(QueryLimits limits) => new("from",
        $"more than {limits.RowsMax} stored groups would have to be added up; ask for a shorter range, a shorter window, or a larger step that coarser buckets answer");

    public static QueryFault NoStep(ViewDefinition view) => new("step", $"no step gives at most {ViewQuery.PointsDefault} points from this range of view \"{view.Name}\"; ask for a step");

    public static QueryFault NothingTiles(ViewDefinition view, Tier[] tiers, StepGrid grid, ViewQuery query, string steps)
    {
        var zone = query.TimeZone?.Id ?? "UTC";
        var window = query.Window is { } length ? $" with a window of {Text(length)}" : "";
        var allowed = steps.Length > 0 ? $"In {zone} it answers steps of {steps}" : $"It answers nothing in {zone}";
        return new QueryFault("step", $"a step of {Text(grid.Step)}{window} in {zone} does not begin and end where buckets of view \"{view.Name}\" do, which are {Tiers(tiers)}, counted in UTC. "
            + $"{allowed}; in UTC multiples of {tiers[0].Name}.");
    }

    public static QueryFault Forgotten(ViewDefinition view, Tier[] tiers, Tier tier, StepGrid grid, ViewQuery query, long nowMs, long firstMs)
    {
        var what = query.Compare ? $"compare needs {Text(firstMs)} on, which is" : query.Window is not null ? $"the first window begins at {Text(firstMs)}, which is" : $"from {Text(firstMs)} is";
        var kept = tier.BucketStartMs(Math.Max(nowMs - (long)tier.Retain.TotalMilliseconds, tier.KeptSinceMs + tier.EveryMs - 1));
        var isUtc = query.TimeZone is null || query.TimeZone.Equals(TimeZoneInfo.Utc); // elsewhere coarser buckets rarely fit, and what does not must not be recommended
        var coarser = tiers.Where(other => other.EveryMs > tier.EveryMs && isUtc && other.IsKept(other.BucketStartMs(Math.Max(0, firstMs)), nowMs)).ToArray();
        var instead = coarser.Length > 0 ? $", or for a step that {Tiers(coarser)} can answer" : "";
        var ask = query.Compare || query.Window is not null ? $"What is kept begins at {Text(kept)}; ask for a shorter range or a later one" : $"Ask from {Text(kept)} on";
        return new QueryFault(query.Compare ? "compare" : "from",
            $"{what} forgotten: a step of {Text(grid.Step)} is answered from buckets of {tier.Name}, which view \"{view.Name}\" keeps for {Text(tier.Retain)}. {ask}{instead}.");
    }

    private static string Tiers(IEnumerable<Tier> tiers) =>
        string.Join(", ", tiers.Select(tier => tier.EveryMs == 0 ? "one of all time" : $"{tier.Name} kept for {Text(tier.Retain)}"));

    private static bool IsWholeMs(TimeSpan length) => length.Ticks % TimeSpan.TicksPerMillisecond == 0;
}
