using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Smallest or largest number per row.</summary>
internal sealed class ExtremeDeltas(string field, bool wantsLess) : ColumnDeltas
{
    private long[] _extremes = [];

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        Grow(ref _extremes, 0, rowCount, EventBatch.NoValue);
        var numbers = fields.Numbers(batch, field);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0) Take(rows[i], numbers[i]);
        }
    }

    public override void RollUp(ReadOnlySpan<int> into, int rowCount)
    {
        Grow(ref _extremes, into.Length, rowCount, EventBatch.NoValue);
        for (var row = 0; row < into.Length; row++)
        {
            if (into[row] >= 0) Take(into[row], _extremes[row]);
        }
    }

    public override void Write(int row, IBufferWriter<byte> output)
    {
        if (_extremes[row] != EventBatch.NoValue) WriteNumber(_extremes[row], output);
    }

    private void Take(int row, long number)
    {
        ref var extreme = ref _extremes[row];
        if (number == EventBatch.NoValue) return;
        if (extreme == EventBatch.NoValue || (wantsLess ? number < extreme : number > extreme)) extreme = number;
    }
}
