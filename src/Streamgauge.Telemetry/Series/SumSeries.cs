namespace Streamgauge.Telemetry;

/// <summary>A running total: counters and up-down counters.</summary>
/// <remarks>Whole numbers and fractions are kept apart so that counts stay exact beyond 2^53.</remarks>
internal sealed class SumSeries(byte[] labels) : MetricSeries(labels)
{
    private long _whole;
    private double _fraction;

    public double Total => Interlocked.Read(ref _whole) + Volatile.Read(ref _fraction);

    public override void Record(long value) => Interlocked.Add(ref _whole, value);

    public override void Record(double value) => Add(ref _fraction, value);

    public override void Write(ref PageWriter page, MetricFamily family)
    {
        var fraction = Volatile.Read(ref _fraction);
        var whole = Interlocked.Read(ref _whole);
        page.SampleStart(family.SampleBytes, Labels);
        if (fraction == 0) page.Value(whole);
        else page.Value(whole + fraction);
    }
}
