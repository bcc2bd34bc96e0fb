namespace Streamgauge.Telemetry;

/// <summary>Counts per bucket and a sum.</summary>
/// <remarks>
/// The count is not kept but added up from the buckets when a page is written, so on every page
/// <c>_bucket{le="+Inf"}</c> equals <c>_count</c>. The sum is read after the buckets and may be ahead by the measurements in flight.
/// </remarks>
internal sealed class HistogramSeries(byte[] labels, HistogramBuckets buckets) : MetricSeries(labels)
{
    private readonly long[] _counts = new long[buckets.Bounds.Length + 1]; // the last one is +Inf
    private double _sum;

    public override void Record(long value) => Record((double)value);

    public override void Record(double value)
    {
        Interlocked.Increment(ref _counts[buckets.IndexOf(value)]);
        Add(ref _sum, value);
    }

    public override void Write(ref PageWriter page, MetricFamily family)
    {
        long cumulative = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            cumulative += Interlocked.Read(ref _counts[i]);
            page.BucketStart(family.SampleBytes, Labels, buckets.Labels[i]);
            page.Value(cumulative);
        }

        page.SampleStart(family.SampleBytes, "_sum"u8, Labels);
        page.Value(Volatile.Read(ref _sum));
        page.SampleStart(family.SampleBytes, "_count"u8, Labels);
        page.Value(cumulative);
    }
}
