using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Streamgauge.Telemetry;

/// <summary>Upper bounds of a histogram, inclusive and ascending, with their <c>le</c> labels ready to copy.</summary>
internal sealed class HistogramBuckets
{
    // OpenTelemetry's advice for durations in seconds.
    private static readonly double[] Seconds = [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10];

    // Anything else is a size or a count.
    private static readonly double[] Sizes = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000];

    public HistogramBuckets(double[] bounds)
    {
        // Advice is checked for order by its own class; NaN and infinities are not bounds we may repeat.
        Bounds = [.. bounds.Where(double.IsFinite).Distinct().Order()];
        Labels = [.. Bounds.Select(LabelOf), "le=\"+Inf\""u8.ToArray()];
    }

    public double[] Bounds { get; }

    public byte[][] Labels { get; }

    public static HistogramBuckets For(Instrument instrument) =>
        new(Advice(instrument) ?? (instrument.Unit == "s" ? Seconds : Sizes));

    public int IndexOf(double value)
    {
        var index = 0;
        while (index < Bounds.Length && value > Bounds[index]) index++;
        return index;
    }

    private static double[]? Advice(Instrument instrument) => instrument switch
    {
        Instrument<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Instrument<float> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Instrument<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Instrument<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        _ => null,
    };

    // OpenMetrics' canonical numbers ("1.0", not "1"), used in text as well: `le` is part of a series' identity,
    // and a series must not change its name with the format of the page.
    private static byte[] LabelOf(double bound)
    {
        var text = bound.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        if (!text.Contains('.') && !text.Contains('e')) text += ".0";
        return Encoding.UTF8.GetBytes($"le=\"{text}\"");
    }
}
