namespace Streamgauge.Views;

/// <summary>Distinct values in windows that slide over the rows of a series.</summary>
/// <remarks>
/// Registers cannot be taken off again. So the rows are split at a pivot: unions from each window's begin to the pivot are made at once, backwards; one
/// union grows from the pivot on; a window is one of the first and the second. Where a window begins after the pivot, its end is the next one. Each row is
/// added twice at most, however long the windows are (van Herk 1992, Gil and Werman 1993, there for minima).
/// </remarks>
internal sealed class SlidingUnion(BucketRows rows, int column)
{
    private readonly HyperLogLog _union = new();
    private readonly HyperLogLog _grown = new();
    private readonly List<byte[]> _toPivot = []; // per window from the first after the last pivot

    /// <summary>Writes the estimate of each span; 0 where there is nothing.</summary>
    /// <param name="own">The rows of the series, by ascending bucket.</param>
    public void Estimate(ReadOnlySpan<(int Bucket, int Row)> own, BucketSpan[] spans, Span<long> estimates, bool overlaps)
    {
        if (overlaps) EstimateSliding(own, spans, estimates);
        else EstimateApart(own, spans, estimates);
    }

    private void EstimateApart(ReadOnlySpan<(int Bucket, int Row)> own, BucketSpan[] spans, Span<long> estimates)
    {
        var at = 0;
        for (var point = 0; point < spans.Length; point++)
        {
            while (at < own.Length && own[at].Bucket < spans[point].Low) at++;
            var begin = at;
            while (at < own.Length && own[at].Bucket < spans[point].High) at++;
            if (at == begin) continue;
            _union.Clear();
            Add(_union, own[begin..at]);
            estimates[point] = _union.Estimate();
        }
    }

    private void EstimateSliding(ReadOnlySpan<(int Bucket, int Row)> own, BucketSpan[] spans, Span<long> estimates)
    {
        var pivot = -1; // a bucket
        var grownTo = 0; // rows below are in _grown, or below the pivot
        var firstPoint = 0; // that _toPivot is for
        for (var point = 0; point < spans.Length; point++)
        {
            if (spans[point].Low >= pivot)
            {
                pivot = spans[point].High;
                firstPoint = point;
                grownTo = CollectToPivot(own, spans, point, pivot);
                _grown.Clear();
            }

            var end = grownTo;
            while (end < own.Length && own[end].Bucket < spans[point].High) end++;
            Add(_grown, own[grownTo..end]);
            grownTo = end;
            _union.Clear();
            _union.Merge(_grown);
            _union.MergeChecked(_toPivot[point - firstPoint]);
            estimates[point] = _union.Estimate();
        }
    }

    // Goes back from the pivot and keeps the union at the begin of every window that begins before it; returns the first row not before the pivot.
    private int CollectToPivot(ReadOnlySpan<(int Bucket, int Row)> own, BucketSpan[] spans, int point, int pivot)
    {
        var last = point;
        while (last + 1 < spans.Length && spans[last + 1].Low < pivot) last++;
        var end = 0;
        while (end < own.Length && own[end].Bucket < pivot) end++;
        _toPivot.Clear();
        _union.Clear();
        var at = end;
        for (var window = last; window >= point; window--)
        {
            var begin = at;
            while (begin > 0 && own[begin - 1].Bucket >= spans[window].Low) begin--;
            Add(_union, own[begin..at]);
            at = begin;
            _toPivot.Add(_union.ToStored());
        }

        _toPivot.Reverse();
        return end;
    }

    private void Add(HyperLogLog union, ReadOnlySpan<(int Bucket, int Row)> own)
    {
        foreach (var (bucket, row) in own)
        {
            if (rows.Buckets[bucket]!.Registers(column)[row] is { } stored) union.MergeChecked(stored);
        }
    }
}
