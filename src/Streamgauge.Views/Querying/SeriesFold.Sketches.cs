namespace Streamgauge.Views;

internal sealed partial class SeriesFold
{
    // What MeasureValues.QuantileNames says.
    private static readonly double[] QuantilesTold = [0.5, 0.9, 0.95, 0.99];

    private SeriesRows? _bySeries;

    // One sketch at a time, series by series: a sketch per cell would be gigabytes.
    private long[] Unique(int column)
    {
        var cells = new long[seriesCount * spans.Length];
        var union = new SlidingUnion(rows, column);
        for (var series = 0; series < seriesCount; series++) union.Estimate(BySeries.Of(series), spans, cells.AsSpan(series * spans.Length, spans.Length), _overlaps);
        return cells;
    }

    private long[] Quantiles(int column)
    {
        var parts = QuantilesTold.Length;
        var cells = new long[seriesCount * spans.Length * parts];
        var histogram = new LogHistogram();
        Array.Fill(cells, MeasureValues.Absent);
        for (var series = 0; series < seriesCount; series++)
        {
            histogram.Clear();
            var own = BySeries.Of(series);
            var (taken, added) = (0, 0);
            for (var point = 0; point < spans.Length; point++)
            {
                // As counts and sums: what left the window is taken off again. Without overlap that is everything, and starting over is cheaper.
                if (!_overlaps)
                {
                    histogram.Clear();
                    while (added < own.Length && own[added].Bucket < spans[point].Low) added++;
                }

                for (; added < own.Length && own[added].Bucket < spans[point].High; added++) rows.Buckets[own[added].Bucket]!.Histograms(column).AddTo(histogram, own[added].Row);
                for (; _overlaps && taken < added && own[taken].Bucket < spans[point].Low; taken++) rows.Buckets[own[taken].Bucket]!.Histograms(column).TakeFrom(histogram, own[taken].Row);
                if (histogram.Count == 0) continue;
                var cell = ((series * spans.Length) + point) * parts;
                for (var part = 0; part < parts; part++) cells[cell + part] = histogram.Quantile(QuantilesTold[part])!.Value;
            }
        }

        return cells;
    }

    private SeriesRows BySeries => _bySeries ??= new SeriesRows(rows, seriesOfRow, seriesCount);
}
