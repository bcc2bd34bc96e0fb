namespace Streamgauge.Views;

/// <summary>An answer about a view. Points of all series stand beside <see cref="Buckets"/>.</summary>
public sealed record ViewAnswer
{
    /// <summary>What was answered: view, tier, range, step, time zone, groups, measures.</summary>
    public required QueryPlan Plan { get; init; }

    /// <summary>How fresh and how complete it is.</summary>
    public required Freshness Freshness { get; init; }

    /// <summary>The points; none for a total of all time.</summary>
    public required IReadOnlyList<BucketAnswer> Buckets { get; init; }

    /// <summary>The groups in order, each with its values and its total over the range; <c>(rest)</c> last when some were cut.</summary>
    public required IReadOnlyList<SeriesAnswer> Series { get; init; }

    /// <summary>Over everything in the range, per measure of <see cref="QueryPlan.Measures"/>.</summary>
    public required IReadOnlyList<MeasureValues> Totals { get; init; }

    /// <summary>About how many groups of the range are in <c>(other)</c>, because the view's budget was used up.</summary>
    public required long HiddenGroups { get; init; }

    /// <summary>The period before; null unless asked for.</summary>
    public CompareAnswer? Compare { get; init; }

    /// <summary>How far estimated measures may be off.</summary>
    public required IReadOnlyList<MeasureError> Errors { get; init; }
}

/// <summary>How fresh an answer is.</summary>
/// <param name="AsOfMs">When the state answered from was read, Unix milliseconds.</param>
/// <param name="CompleteThroughMs">Everything that arrived until then is counted, Unix milliseconds.</param>
/// <param name="LagSeconds">How far counting is behind arrival.</param>
/// <param name="Revision">Number of the newest commit.</param>
/// <param name="SinceMs">Arrival of the oldest entry the view has counted, Unix milliseconds; 0 when it counts since the stream began.</param>
public sealed record Freshness(long AsOfMs, long CompleteThroughMs, double LagSeconds, long Revision, long SinceMs);

/// <summary>A point of the series.</summary>
/// <param name="StartMs">Begin of what it covers, its window's when it has one.</param>
/// <param name="EndMs">End, exclusive.</param>
/// <param name="IsFinal">Everything that arrived until its end is counted. An event that arrives later still raises the revision.</param>
/// <param name="Revision">Number of the newest commit that changed a stored bucket of it; 0 when there is none.</param>
public readonly record struct BucketAnswer(long StartMs, long EndMs, bool IsFinal, long Revision);

/// <summary>One group, or the rest.</summary>
/// <param name="Group">A value per field of <see cref="QueryPlan.GroupBy"/>, null where events lack it; <c>(rest)</c> or <c>(other)</c> in each for those.</param>
/// <param name="IsRest">Whether it is everything that <see cref="ViewQuery.Top"/> cut.</param>
/// <param name="Values">Per measure of <see cref="QueryPlan.Measures"/>, over the points.</param>
/// <param name="Totals">Per measure, over the range.</param>
public sealed record SeriesAnswer(IReadOnlyList<string?> Group, bool IsRest, IReadOnlyList<MeasureValues> Values, IReadOnlyList<MeasureValues> Totals)
{
    /// <summary>Stands for every field of the series of what was cut.</summary>
    public const string Rest = "(rest)";
}

/// <summary>The same over the period before; series and points stand beside those of the answer.</summary>
public sealed record CompareAnswer(long FromMs, long ToMs, IReadOnlyList<SeriesAnswer> Series, IReadOnlyList<MeasureValues> Totals);

/// <summary>How far an estimated measure may be off: one of both.</summary>
/// <param name="StandardError">Relative; two of three estimates are within it.</param>
/// <param name="RelativeError">Every estimate is within it.</param>
public sealed record MeasureError(Measure Measure, double? StandardError, double? RelativeError)
{
    /// <summary>The error of a measure; null when it is exact.</summary>
    public static MeasureError? Of(Measure measure) => measure.Kind switch
    {
        MeasureKind.Unique => new MeasureError(measure, HyperLogLog.StandardError, null),
        MeasureKind.Quantiles => new MeasureError(measure, null, LogHistogram.RelativeError),
        _ => null,
    };
}
