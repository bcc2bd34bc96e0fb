namespace Streamgauge.Views;

/// <summary>Collects one column of a bucket, in any order of rows.</summary>
internal abstract class ColumnBuilder
{
    public static ColumnBuilder Of(ColumnKind kind) => kind switch
    {
        ColumnKind.Registers => new RegistersBuilder(),
        ColumnKind.Histogram => new HistogramBuilder(),
        ColumnKind.Min or ColumnKind.Max => new NumbersBuilder(BucketContent.Absent),
        _ => new NumbersBuilder(0),
    };

    /// <summary>Takes a stored value; false when it is none.</summary>
    public abstract bool TrySet(int row, ReadOnlySpan<byte> index, ReadOnlySpan<byte> value);

    /// <summary>The column with this many rows, as <see cref="BucketContent"/> holds it.</summary>
    public abstract object Build(int rowCount);

    public abstract void Clear();

    private sealed class NumbersBuilder(long absent) : ColumnBuilder
    {
        private long[] _numbers = [];
        private int _count;

        public override bool TrySet(int row, ReadOnlySpan<byte> index, ReadOnlySpan<byte> value)
        {
            if (row >= _count) Grow(row + 1);
            return BucketBuilder.TryReadNumber(value, out _numbers[row]);
        }

        public override object Build(int rowCount)
        {
            if (_count < rowCount) Grow(rowCount);
            return _numbers[..rowCount];
        }

        public override void Clear() => _count = 0;

        private void Grow(int count)
        {
            if (_numbers.Length < count) Array.Resize(ref _numbers, Math.Max(16, Math.Max(count, _numbers.Length * 2)));
            _numbers.AsSpan(_count, count - _count).Fill(absent);
            _count = count;
        }
    }

    private sealed class RegistersBuilder : ColumnBuilder
    {
        private readonly List<byte[]?> _registers = [];

        public override bool TrySet(int row, ReadOnlySpan<byte> index, ReadOnlySpan<byte> value)
        {
            HyperLogLog.Check(value);
            while (_registers.Count <= row) _registers.Add(null);
            _registers[row] = value.IsEmpty ? null : value.ToArray();
            return true;
        }

        public override object Build(int rowCount)
        {
            var registers = new byte[]?[rowCount];
            _registers.CopyTo(registers);
            return registers;
        }

        public override void Clear() => _registers.Clear();
    }

    private sealed class HistogramBuilder : ColumnBuilder
    {
        private readonly List<Cell> _cells = [];

        public override bool TrySet(int row, ReadOnlySpan<byte> index, ReadOnlySpan<byte> value)
        {
            if (!BucketBuilder.TryReadNumber(index, out var cell) || cell > LogHistogram.IndexMax || cell < -LogHistogram.IndexMax) return false;
            if (!BucketBuilder.TryReadNumber(value, out var count) || count < 0) return false;
            _cells.Add(new Cell(((long)row << 16) + (cell - short.MinValue), count));
            return true;
        }

        public override object Build(int rowCount)
        {
            _cells.Sort(static (one, other) => one.Order.CompareTo(other.Order));
            var starts = new int[rowCount + 1];
            var indexes = new short[_cells.Count];
            var counts = new long[_cells.Count];
            for (var i = 0; i < _cells.Count; i++)
            {
                starts[(_cells[i].Order >> 16) + 1]++;
                indexes[i] = (short)((_cells[i].Order & 0xFFFF) + short.MinValue);
                counts[i] = _cells[i].Count;
            }

            for (var row = 0; row < rowCount; row++) starts[row + 1] += starts[row];
            return new HistogramColumn(starts, indexes, counts);
        }

        public override void Clear() => _cells.Clear();

        // Row in the high bits, index in the low ones.
        private readonly record struct Cell(long Order, long Count);
    }
}
