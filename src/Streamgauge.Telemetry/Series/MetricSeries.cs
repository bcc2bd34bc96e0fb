namespace Streamgauge.Telemetry;

/// <summary>One label set of one family. Recording is lock-free and allocates nothing.</summary>
internal abstract class MetricSeries(byte[] labels)
{
    /// <summary>UTF-8 between the braces, without them; empty when unlabelled.</summary>
    public byte[] Labels { get; } = labels;

    public abstract void Record(long value);

    public abstract void Record(double value);

    public abstract void Write(ref PageWriter page, MetricFamily family);

    /// <summary>Adds to a double that many threads add to.</summary>
    protected static void Add(ref double total, double value)
    {
        var seen = Volatile.Read(ref total);
        while (true)
        {
            var witness = Interlocked.CompareExchange(ref total, seen + value, seen);

            // Compared as bits: NaN is unequal to itself and would spin here for ever.
            if (BitConverter.DoubleToInt64Bits(witness) == BitConverter.DoubleToInt64Bits(seen)) return;
            seen = witness;
        }
    }
}
