using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Events per row that have the number.</summary>
internal sealed class ValuesDeltas(string field) : ColumnDeltas
{
    private long[] _counts = [];

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        Grow(ref _counts, 0, rowCount, 0);
        var numbers = fields.Numbers(batch, field);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0 && numbers[i] != EventBatch.NoValue) _counts[rows[i]]++;
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

    public override void Write(int row, IBufferWriter<byte> output)
    {
        if (_counts[row] > 0) WriteNumber(_counts[row], output);
    }
}
