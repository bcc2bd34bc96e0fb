using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>HyperLogLog registers per row: written as 3 bytes each, ascending: register high, register low, rank.</summary>
internal sealed class RegisterDeltas(string field) : ColumnDeltas
{
    private readonly SparseCells _ranks = new();

    public override void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount)
    {
        _ranks.Clear();
        var registers = fields.Registers(batch, field);
        var symbols = batch.Column(field).Values(batch.Count);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] < 0 || symbols[i] < 0) continue;
            var place = registers[symbols[i]];
            Take(rows[i], place >> 8, place & 0xFF);
        }
    }

    public override void RollUp(ReadOnlySpan<int> into, int rowCount)
    {
        var known = _ranks.Count;
        for (var cell = 0; cell < known; cell++)
        {
            var (row, register, rank) = _ranks[cell];
            if (into[row] >= 0) Take(into[row], register, rank);
        }
    }

    public override void Finish() => _ranks.Sort();

    public override void Write(int row, IBufferWriter<byte> output)
    {
        for (var cell = _ranks.FirstOf(row); cell < _ranks.Count && _ranks[cell].Row == row; cell++)
        {
            var (_, register, rank) = _ranks[cell];
            var record = output.GetSpan(3);
            record[0] = (byte)(register >> 8);
            record[1] = (byte)register;
            record[2] = (byte)rank;
            output.Advance(3);
        }
    }

    private void Take(int row, int register, long rank)
    {
        ref var known = ref _ranks.At(row, register);
        known = Math.Max(known, rank);
    }
}
