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
        var registers = new HyperLogLog();
        ForEachCell((cell, cellRows) =>
        {
            registers.Clear();
            var isEmpty = true;
            foreach (var (bucket, row) in cellRows)
            {
                if (rows.Buckets[bucket]!.Registers(column)[row] is not { } stored) continue;
                registers.Merge(stored);
                isEmpty = false;
            }

            if (!isEmpty) cells[cell] = registers.Estimate();
        });
        return cells;
    }

    private long[] Quantiles(int column)
    {
        var parts = QuantilesTold.Length;
        var cells = new long[seriesCount * spans.Length * parts];
        var histogram = new LogHistogram();
        Array.Fill(cells, MeasureValues.Absent);
        ForEachCell((cell, cellRows) =>
        {
            histogram.Clear();
            foreach (var (bucket, row) in cellRows) rows.Buckets[bucket]!.Histograms(column).AddTo(histogram, row);
            if (histogram.Count == 0) return;
            for (var part = 0; part < parts; part++) cells[(cell * parts) + part] = histogram.Quantile(QuantilesTold[part])!.Value;
        });
        return cells;
    }

    private delegate void CellAction(int cell, ReadOnlySpan<(int Bucket, int Row)> cellRows);

    private void ForEachCell(CellAction act)
    {
        _bySeries ??= new SeriesRows(rows, seriesOfRow, seriesCount);
        for (var series = 0; series < seriesCount; series++)
        {
            var all = _bySeries.Of(series);
            var (low, high) = (0, 0);
            for (var point = 0; point < spans.Length; point++)
            {
                while (low < all.Length && all[low].Bucket < spans[point].Low) low++;
                high = Math.Max(high, low);
                while (high < all.Length && all[high].Bucket < spans[point].High) high++;
                if (high > low) act((series * spans.Length) + point, all[low..high]);
            }
        }
    }
}

/// <summary>The rows of each series, by ascending bucket.</summary>
internal sealed class SeriesRows
{
    private readonly int[] _ends;
    private readonly (int Bucket, int Row)[] _rows;

    public SeriesRows(BucketRows rows, int[] seriesOfRow, int seriesCount)
    {
        _ends = new int[seriesCount + 1];
        foreach (var series in seriesOfRow)
        {
            if (series >= 0) _ends[series + 1]++;
        }

        for (var series = 0; series < seriesCount; series++) _ends[series + 1] += _ends[series];
        _rows = new (int, int)[_ends[seriesCount]];
        var next = _ends[..seriesCount];
        for (var bucket = 0; bucket < rows.Buckets.Length; bucket++)
        {
            var first = rows.FirstRow(bucket);
            for (var row = first; row < rows.FirstRow(bucket + 1); row++)
            {
                if (seriesOfRow[row] is var series and >= 0) _rows[next[series]++] = (bucket, row - first);
            }
        }
    }

    public ReadOnlySpan<(int Bucket, int Row)> Of(int series) => _rows.AsSpan(_ends[series], _ends[series + 1] - _ends[series]);
}
