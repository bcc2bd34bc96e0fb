using System.Buffers;
using System.Buffers.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a batch adds to one column of a view, per row.</summary>
internal abstract class ColumnDeltas
{
    private const int RowsKept = 64 * 1024; // a larger column that is hardly used any more is given back

    /// <summary>Stored values a commit touches beyond one per row.</summary>
    public virtual int CellCount => 0;

    public static ColumnDeltas For(ViewColumn column) => column.Kind switch
    {
        ColumnKind.Count => new CountDeltas(),
        ColumnKind.Values => new CountDeltas(column.Field),
        ColumnKind.Sum => new SumDeltas(column.Field),
        ColumnKind.Min => new ExtremeDeltas(column.Field, wantsLess: true),
        ColumnKind.Max => new ExtremeDeltas(column.Field, wantsLess: false),
        ColumnKind.Registers => new RegisterDeltas(column.Field),
        ColumnKind.Histogram => new HistogramDeltas(column.Field),
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    /// <summary>Starts over with a batch.</summary>
    /// <param name="rows">Per event its row, or -1.</param>
    /// <param name="rowCount">Rows are below it.</param>
    public abstract void Fold(EventBatch batch, FieldReadings fields, ReadOnlySpan<int> rows, int rowCount);

    /// <summary>Adds rows to the rows of the next coarser tier.</summary>
    /// <param name="into">Per row the row it goes into, or -1.</param>
    /// <param name="rowCount">Rows are below it, the new ones among them.</param>
    public abstract void RollUp(ReadOnlySpan<int> into, int rowCount);

    /// <summary>Called once when all rows are there, before the first <see cref="Write"/>.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Writes a row's value as the commit takes it; nothing when there is nothing to store.</summary>
    public abstract void Write(int row, IBufferWriter<byte> output);

    protected static void WriteNumber(long number, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written); // 19 digits and a sign
        output.Advance(written);
    }

    /// <summary>Makes room for rows, all of them at <paramref name="start"/>, keeping the first <paramref name="kept"/>.</summary>
    protected static void Grow<T>(ref T[] cells, int kept, int rowCount, T start)
    {
        if (cells.Length < rowCount) Array.Resize(ref cells, Math.Max(rowCount, cells.Length * 2));
        else if (cells.Length > RowsKept && kept == 0 && rowCount < cells.Length / 16) cells = new T[Math.Max(rowCount, RowsKept)];
        cells.AsSpan(kept, rowCount - kept).Fill(start);
    }
}
