using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Events per row.</summary>
internal sealed class CountDeltas : ColumnDeltas
{
    private long[] _counts = [];

    public long this[int row] => _counts[row];

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        Grow(ref _counts, 0, rowCount, 0);
        var counts = _counts;
        foreach (var row in rows)
        {
            if (row >= 0) counts[row]++;
        }
    }

    public override void RollUp(ReadOnlySpan<int> into, int rowCount)
    {
        Grow(ref _counts, into.Length, rowCount, 0);
        for (var row = 0; row < into.Length; row++)
        {
            if (into[row] >= 0) _counts[into[row]] += _counts[row];
        }
    }

    public override void Write(int row, IBufferWriter<byte> output) => WriteNumber(_counts[row], output);
}
