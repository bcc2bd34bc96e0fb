using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Events per row: all of them, or those that have the number <paramref name="field"/>.</summary>
internal sealed class CountDeltas(string? field = null) : ColumnDeltas
{
    private long[] _counts = [];

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        Grow(ref _counts, 0, rowCount, 0);
        var counts = _counts;
        if (field is null)
        {
            foreach (var row in rows)
            {
                if (row >= 0) counts[row]++;
            }

            return;
        }

        var numbers = fields.Numbers(batch, field);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0 && numbers[i] != EventBatch.NoValue) counts[rows[i]]++;
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
