namespace Streamgauge.Views;

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
