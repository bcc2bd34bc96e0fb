using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Counts of a log-bucketed histogram per row: written as <c>index count index count …</c>, ascending.</summary>
internal sealed class HistogramDeltas(string field) : ColumnDeltas
{
    private readonly SparseCells _counts = new();

    public override int CellCount => _counts.Count;

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        _counts.Clear();
        var numbers = fields.Numbers(batch, field);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0 && numbers[i] != EventBatch.NoValue) _counts.At(rows[i], LogHistogram.IndexOf(numbers[i]))++;
        }
    }

    public override void RollUp(ReadOnlySpan<int> into, int rowCount)
    {
        var known = _counts.Count;
        for (var cell = 0; cell < known; cell++)
        {
            var (row, index, count) = _counts[cell];
            if (into[row] >= 0) _counts.At(into[row], index) += count;
        }
    }

    public override void Finish() => _counts.Sort();

    public override void Write(int row, IBufferWriter<byte> output)
    {
        var first = _counts.FirstOf(row);
        for (var cell = first; cell < _counts.Count && _counts[cell].Row == row; cell++)
        {
            if (cell > first) output.Write(" "u8);
            WriteNumber(_counts[cell].Index, output);
            output.Write(" "u8);
            WriteNumber(_counts[cell].Number, output);
        }
    }
}
