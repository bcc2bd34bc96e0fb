namespace Streamgauge.Telemetry;

/// <summary>The latest measurement: gauges.</summary>
internal sealed class LastSeries(byte[] labels) : MetricSeries(labels)
{
    private double _value;

    public override void Record(long value) => Volatile.Write(ref _value, value);

    public override void Record(double value) => Volatile.Write(ref _value, value);

    public override void Write(ref PageWriter page, MetricFamily family)
    {
        page.SampleStart(family.SampleBytes, Labels);
        page.Value(Volatile.Read(ref _value));
    }
}
