using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Views;

/// <summary>Answers a planned query from stored buckets.</summary>
public sealed class ViewAnswerBuilder
{
    private readonly QueryPlan _plan;
    private readonly BucketRows _rows;
    private readonly GroupIndex _groups;
    private readonly SeriesOrder _order;

    private ViewAnswerBuilder(QueryPlan plan, BucketRows rows, GroupIndex groups, SeriesOrder order) =>
        (_plan, _rows, _groups, _order) = (plan, rows, groups, order);

    /// <summary>Answers a query, or refuses it when its groups turn out to be too many.</summary>
    /// <param name="bucketAt">The bucket of the plan's tier that starts at a time of <see cref="QueryPlan.BucketStartsMs"/>, null when there is none. Asked once each, oldest first.</param>
    public static bool TryBuild(
        QueryPlan plan, Func<long, BucketContent?> bucketAt, Freshness freshness, [NotNullWhen(true)] out ViewAnswer? answer, [NotNullWhen(false)] out QueryFault? fault)
    {
        answer = null;
        var groups = new GroupIndex(plan);
        var rows = BucketRows.TryRead(plan, bucketAt, groups);
        fault = rows is null ? QueryFaults.TooManyRows(plan.Limits)
            : groups.FieldNotKept is { } field ? QueryShape.FaultOfWhere(plan.View, field)
            : QueryFaults.OfCells(plan.Period.Points, SeriesOrder.CountOf(plan, groups), plan.Previous is not null, plan.Limits);
        if (fault is not null) return false;
        var builder = new ViewAnswerBuilder(plan, rows!, groups, SeriesOrder.Of(plan, rows!, groups));
        answer = builder.Answer(freshness, out fault);
        return answer is not null;
    }

    private ViewAnswer? Answer(Freshness freshness, out QueryFault? fault)
    {
        var seriesOfRow = SeriesOrder.MapRows(_rows, _order.SeriesOfGroup);
        var points = new SeriesFold(_plan.View, _rows, seriesOfRow, _order.Count, SpansOf(_plan.Period));
        var needsMerging = _plan.Measures.Any(measure => measure.Kind is MeasureKind.Min or MeasureKind.Max); // all others slide
        fault = needsMerging && points.RowsTouched > _plan.Limits.RowsMax ? QueryFaults.TooManyRows(_plan.Limits) : null;
        if (fault is not null) return null;
        var (series, totals) = SeriesOf(_plan.Period, points, seriesOfRow);
        return new ViewAnswer
        {
            Plan = _plan,
            Freshness = freshness,
            Buckets = BucketsOf(_plan.Period, freshness.CompleteThroughMs),
            Series = series,
            Totals = totals,
            HiddenGroups = HiddenGroups(),
            Compare = _plan.Previous is { } previous ? CompareTo(previous, seriesOfRow) : null,
            Errors = [.. _plan.Measures.Select(MeasureError.Of).OfType<MeasureError>()],
        };
    }

    private CompareAnswer CompareTo(QueryPeriod previous, int[] seriesOfRow)
    {
        var (series, totals) = SeriesOf(previous, new SeriesFold(_plan.View, _rows, seriesOfRow, _order.Count, SpansOf(previous)), seriesOfRow);
        return new CompareAnswer(previous.FromMs, previous.ToMs, series, totals);
    }

    private BucketSpan[] SpansOf(QueryPeriod period)
    {
        var spans = new BucketSpan[period.Points];
        for (var point = 0; point < spans.Length; point++) spans[point] = _rows.SpanOf(period.StartMs(point), period.EndMs(point));
        return spans;
    }

    private BucketAnswer[] BucketsOf(QueryPeriod period, long completeThroughMs)
    {
        var spans = SpansOf(period);
        var buckets = new BucketAnswer[spans.Length];
        for (var point = 0; point < buckets.Length; point++)
        {
            long revision = 0;
            for (var bucket = spans[point].Low; bucket < spans[point].High; bucket++) revision = Math.Max(revision, _rows.Buckets[bucket]?.Revision ?? 0);
            buckets[point] = new BucketAnswer(period.StartMs(point), period.EndMs(point), completeThroughMs >= period.EndMs(point), revision);
        }

        return buckets;
    }

    // What adds up is added up from what was folded already: rows are many, points are few.
    private (SeriesAnswer[] Series, MeasureValues[] Totals) SeriesOf(QueryPeriod period, SeriesFold points, int[] seriesOfRow)
    {
        var whole = _rows.SpanOf(period.FromMs, period.ToMs);
        var bySeries = new SeriesFold(_plan.View, _rows, seriesOfRow, _order.Count, [whole]);
        var overall = new SeriesFold(_plan.View, _rows, SeriesOrder.MapRows(_rows, new int[_groups.Names.Count]), 1, [whole]);
        var tiles = points.Tiles(whole);
        var values = _plan.Measures.Select(points.Fold).ToArray();
        var sums = Array.ConvertAll(values, folded => tiles && FoldedMeasure.AddsUp(folded.Measure) ? folded.AddPoints() : bySeries.Fold(folded.Measure));
        var totals = Array.ConvertAll(sums, folded => FoldedMeasure.AddsUp(folded.Measure) ? folded.AddSeries() : overall.Fold(folded.Measure));
        var series = new SeriesAnswer[_order.Count];
        for (var i = 0; i < series.Length; i++)
        {
            var at = i;
            series[i] = new SeriesAnswer(_order.GroupOf(i, _plan, _groups), _order.IsRest(i), Array.ConvertAll(values, measure => measure.Of(at)), Array.ConvertAll(sums, measure => measure.Of(at)));
        }

        return (series, Array.ConvertAll(totals, measure => measure.Of(0)));
    }

    private long HiddenGroups()
    {
        var span = _rows.SpanOf(_plan.Period.FromMs, _plan.Period.ToMs);
        HyperLogLog? hidden = null;
        for (var bucket = span.Low; bucket < span.High; bucket++)
        {
            if (_rows.Buckets[bucket]?.HiddenRegisters is { } stored) (hidden ??= new HyperLogLog()).Merge(stored);
        }

        return hidden?.Estimate() ?? 0;
    }
}
