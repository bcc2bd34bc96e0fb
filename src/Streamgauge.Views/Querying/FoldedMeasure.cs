using System.Numerics;

namespace Streamgauge.Views;

/// <summary>A measure of all series: series by series, point by point, part by part.</summary>
internal sealed record FoldedMeasure(Measure Measure, long[]? Numbers, Int128[]? Sums, int Points)
{
    /// <summary>The values of one series.</summary>
    public MeasureValues Of(int series) => new(Measure, Numbers, Sums, series * Points * MeasureValues.PartsOf(Measure.Kind), Points);

    /// <summary>Whether values of parts add up to that of the whole: of counts and sums.</summary>
    public static bool AddsUp(Measure measure) => measure.Kind is MeasureKind.Count or MeasureKind.Sum;

    /// <summary>All points of each series as one; right for measures that add up.</summary>
    public FoldedMeasure AddPoints() => AddRuns(Points == 0 ? 0 : (Numbers?.Length ?? Sums!.Length) / Points);

    /// <summary>All series as one, when there is one point; right for measures that add up.</summary>
    public FoldedMeasure AddSeries() => AddRuns(1);

    private FoldedMeasure AddRuns(int runs) => new(Measure, Numbers is null ? null : AddRuns(Numbers, runs), Sums is null ? null : AddRuns(Sums, runs), 1);

    private static T[] AddRuns<T>(T[] cells, int runs) where T : struct, INumber<T>
    {
        var sums = new T[runs];
        for (var run = 0; run < runs; run++)
        {
            foreach (var cell in cells.AsSpan(run * (cells.Length / runs), cells.Length / runs)) sums[run] += cell;
        }

        return sums;
    }
}
