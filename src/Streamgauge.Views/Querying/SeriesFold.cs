namespace Streamgauge.Views;

/// <summary>Adds up rows into series and points.</summary>
/// <param name="seriesOfRow">Per row its series, or <see cref="GroupIndex.None"/>.</param>
/// <param name="spans">The buckets of each point, ascending; those of neighbours may overlap.</param>
internal sealed partial class SeriesFold(ViewDefinition view, BucketRows rows, int[] seriesOfRow, int seriesCount, BucketSpan[] spans)
{
    private readonly bool _overlaps = spans.Zip(spans.Skip(1)).Any(pair => pair.Second.Low < pair.First.High);

    /// <summary>Whether the points lie side by side and cover all of <paramref name="whole"/>.</summary>
    public bool Tiles(BucketSpan whole) =>
        spans.Length > 0 && spans[0].Low == whole.Low && spans[^1].High == whole.High && spans.Zip(spans.Skip(1)).All(pair => pair.First.High == pair.Second.Low);

    /// <summary>Rows that a smallest or largest value costs.</summary>
    public long RowsTouched => spans.Sum(span => (long)(rows.FirstRow(span.High) - rows.FirstRow(span.Low)));

    /// <summary>The values of a measure.</summary>
    public FoldedMeasure Fold(Measure measure) => measure.Kind switch
    {
        MeasureKind.Count => Numbers(measure, AddUp<long>(ColumnOf(ColumnKind.Count, ""))),
        MeasureKind.Sum => new FoldedMeasure(measure, null, AddUp<Int128>(ColumnOf(ColumnKind.Sum, measure.Field)), spans.Length),
        MeasureKind.Min => Numbers(measure, Extreme(ColumnOf(ColumnKind.Min, measure.Field), smallest: true)),
        MeasureKind.Max => Numbers(measure, Extreme(ColumnOf(ColumnKind.Max, measure.Field), smallest: false)),
        MeasureKind.Average => Numbers(measure, Average(measure.Field)),
        MeasureKind.Unique => Numbers(measure, Unique(ColumnOf(ColumnKind.Registers, measure.Field))),
        MeasureKind.Quantiles => Numbers(measure, Quantiles(ColumnOf(ColumnKind.Histogram, measure.Field))),
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    private FoldedMeasure Numbers(Measure measure, long[] numbers) => new(measure, numbers, null, spans.Length);

    private int ColumnOf(ColumnKind kind, string field)
    {
        for (var column = 0; column < view.Columns.Count; column++)
        {
            if (view.Columns[column].Kind == kind && view.Columns[column].Field == field) return column;
        }

        throw new ArgumentException($"view {view.Name} has no column of {kind} of {field}", nameof(field));
    }

    // Counts and sums can be taken off again, so a window that slides costs each row twice, however long it is.
    private T[] AddUp<T>(int column) where T : struct, System.Numerics.INumber<T>
    {
        var cells = new T[seriesCount * spans.Length];
        if (cells.Length == 0) return cells; // no group passes, or no points
        if (!_overlaps)
        {
            for (var point = 0; point < spans.Length; point++) AddSpan(column, spans[point], cells.AsSpan(point), spans.Length, T.One);
            return cells;
        }

        var running = new T[seriesCount];
        var covered = new BucketSpan(spans[0].Low, spans[0].Low);
        for (var point = 0; point < spans.Length; point++)
        {
            var span = spans[point];
            AddSpan(column, new BucketSpan(covered.High, span.High), running, 1, T.One);
            AddSpan(column, new BucketSpan(covered.Low, span.Low), running, 1, -T.One);
            covered = span;
            for (var series = 0; series < seriesCount; series++) cells[(series * spans.Length) + point] = running[series];
        }

        return cells;
    }

    private void AddSpan<T>(int column, BucketSpan span, Span<T> cells, int stride, T sign) where T : struct, System.Numerics.INumber<T>
    {
        for (var bucket = span.Low; bucket < span.High; bucket++)
        {
            if (rows.Buckets[bucket] is not { } content) continue;
            var numbers = content.Numbers(column);
            var series = seriesOfRow.AsSpan(rows.FirstRow(bucket), numbers.Length);
            for (var row = 0; row < numbers.Length; row++)
            {
                if (series[row] >= 0) cells[series[row] * stride] += sign * T.CreateTruncating(numbers[row]);
            }
        }
    }

    private long[] Extreme(int column, bool smallest)
    {
        var cells = new long[seriesCount * spans.Length];
        Array.Fill(cells, MeasureValues.Absent);
        for (var point = 0; point < spans.Length; point++)
        {
            for (var bucket = spans[point].Low; bucket < spans[point].High; bucket++)
            {
                if (rows.Buckets[bucket] is not { } content) continue;
                var numbers = content.Numbers(column);
                var series = seriesOfRow.AsSpan(rows.FirstRow(bucket), numbers.Length);
                for (var row = 0; row < numbers.Length; row++)
                {
                    if (series[row] < 0 || numbers[row] == BucketContent.Absent) continue;
                    ref var cell = ref cells[(series[row] * spans.Length) + point];
                    if (cell == MeasureValues.Absent || (smallest ? numbers[row] < cell : numbers[row] > cell)) cell = numbers[row];
                }
            }
        }

        return cells;
    }

    private long[] Average(string field)
    {
        var sums = AddUp<Int128>(ColumnOf(ColumnKind.Sum, field));
        var counts = AddUp<long>(ColumnOf(ColumnKind.Values, field));
        var cells = new long[sums.Length];
        for (var i = 0; i < cells.Length; i++) cells[i] = counts[i] == 0 ? MeasureValues.Absent : (long)Divide(sums[i], counts[i]);
        return cells;
    }

    // To the nearest millionth, half away from zero, as values are read.
    private static Int128 Divide(Int128 sum, long count) => (sum >= 0 ? sum + (count / 2) : sum - (count / 2)) / count;
}
