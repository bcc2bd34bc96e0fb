namespace Streamgauge.Views;

/// <summary>A measure of all series: series by series, point by point, part by part.</summary>
internal sealed record FoldedMeasure(Measure Measure, long[]? Numbers, Int128[]? Sums, int Points)
{
    /// <summary>The values of one series.</summary>
    public MeasureValues Of(int series) => new(Measure, Numbers, Sums, series * Points * MeasureValues.PartsOf(Measure.Kind), Points);
}
