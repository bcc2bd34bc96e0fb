namespace Streamgauge.Views;

/// <summary>Histograms of all rows of a bucket, one after the other: a row's cells stand together, by ascending index.</summary>
public sealed class HistogramColumn
{
    private readonly int[] _starts; // of each row in the cells, and the end of the last
    private readonly short[] _indexes;
    private readonly long[] _counts;

    internal HistogramColumn(int[] starts, short[] indexes, long[] counts) => (_starts, _indexes, _counts) = (starts, indexes, counts);

    /// <summary>Indexes of a row's cells.</summary>
    public ReadOnlySpan<short> Indexes(int row) => _indexes.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Counts of a row's cells, beside <see cref="Indexes"/>.</summary>
    public ReadOnlySpan<long> Counts(int row) => _counts.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Adds a row to a histogram.</summary>
    public void AddTo(LogHistogram histogram, int row) => histogram.AddCells(Indexes(row), Counts(row), 1);

    /// <summary>Takes a row off again that was added.</summary>
    internal void TakeFrom(LogHistogram histogram, int row) => histogram.AddCells(Indexes(row), Counts(row), -1);
}
