using System.Buffers;
using System.Globalization;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Sums per row. Wide enough for any batch; the stored counter is the one with 64 bits.</summary>
internal sealed class SumDeltas(string field) : ColumnDeltas
{
    private Int128[] _sums = [];

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        Grow(ref _sums, 0, rowCount, Int128.Zero);
        var numbers = fields.Numbers(batch, field);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0 && numbers[i] != EventBatch.NoValue) _sums[rows[i]] += numbers[i];
        }
    }

    public override void RollUp(ReadOnlySpan<int> into, int rowCount)
    {
        Grow(ref _sums, into.Length, rowCount, Int128.Zero);
        for (var row = 0; row < into.Length; row++)
        {
            if (into[row] >= 0) _sums[into[row]] += _sums[row];
        }
    }

    public override void Write(int row, IBufferWriter<byte> output)
    {
        var sum = _sums[row];
        if (sum >= long.MinValue && sum <= long.MaxValue)
        {
            WriteNumber((long)sum, output);
            return;
        }

        sum.TryFormat(output.GetSpan(40), out var written, default, CultureInfo.InvariantCulture); // 39 digits and a sign
        output.Advance(written);
    }
}
