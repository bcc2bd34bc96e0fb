using System.Diagnostics.Metrics;
using System.Text;

namespace Streamgauge.Telemetry;

/// <summary>Everything exposed under one name: its metadata, ready as bytes, and its series.</summary>
internal sealed class MetricFamily
{
    private readonly InstrumentShape _shape;
    private readonly SeriesTable _series;
    private readonly byte[] _textHead;
    private readonly byte[] _openMetricsHead;
    private readonly HistogramBuckets? _buckets;
    private readonly bool _observed;

    public MetricFamily(Instrument instrument, InstrumentShape shape, ExposedName name, MetricsExpositionOptions options)
    {
        Name = name;
        _shape = shape;
        _observed = instrument.IsObservable;
        _buckets = shape.Kind == MetricKind.Histogram ? HistogramBuckets.For(instrument) : null;
        _series = new SeriesTable(Create, options.SeriesMax, options.LabelValueCharsMax);
        SampleBytes = Encoding.UTF8.GetBytes(name.Sample);

        var help = string.IsNullOrEmpty(instrument.Description) ? instrument.Name : instrument.Description;
        _textHead = Encoding.UTF8.GetBytes(
            $"# HELP {name.Sample} {Escape(help)}\n# TYPE {name.Sample} {TypeWord(ExpositionFormat.Text)}\n");
        var unit = name.Unit.Length > 0 ? $"# UNIT {name.Family} {name.Unit}\n" : "";
        _openMetricsHead = Encoding.UTF8.GetBytes(
            $"# TYPE {name.Family} {TypeWord(ExpositionFormat.OpenMetrics)}\n{unit}# HELP {name.Family} {Escape(help).Replace("\"", "\\\"")}\n");
    }

    public ExposedName Name { get; }

    public byte[] SampleBytes { get; }

    public int SeriesCount => _series.Count;

    /// <summary>Whether an instrument of this shape may add to this family: several hosts' meters may share one name.</summary>
    public bool Takes(Instrument instrument, InstrumentShape shape) => shape == _shape && instrument.IsObservable == _observed;

    public RecordOutcome Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_shape.Monotonic && value < 0) return RecordOutcome.Rejected;
        _series.Find(tags, out var overflowed).Record(value);
        return overflowed ? RecordOutcome.Overflowed : RecordOutcome.Recorded;
    }

    public RecordOutcome Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One NaN or infinity would poison a sum for ever; a gauge recovers with its next measurement and may say NaN.
        if (_shape.Adds && !double.IsFinite(value)) return RecordOutcome.Rejected;
        if (_shape.Monotonic && value < 0) return RecordOutcome.Rejected;
        _series.Find(tags, out var overflowed).Record(value);
        return overflowed ? RecordOutcome.Overflowed : RecordOutcome.Recorded;
    }

    /// <summary>Forgets what callbacks reported last time; what they no longer report is no longer exposed.</summary>
    public void BeginObservation()
    {
        if (_observed) _series.Clear();
    }

    public void Write(ref PageWriter page, ExpositionFormat format)
    {
        var empty = _series.Count == 0;
        if (empty && (_observed || !_shape.Adds)) return;

        page.Raw(format == ExpositionFormat.Text ? _textHead : _openMetricsHead);

        // Nothing counted yet is 0, not absent: rate() needs the point before the first event.
        if (empty) Create([]).Write(ref page, this);
        else _series.Write(ref page, this);
    }

    private MetricSeries Create(byte[] labels) =>
        _buckets is not null ? new HistogramSeries(labels, _buckets)
        : _shape.Adds ? new SumSeries(labels)
        : new LastSeries(labels);

    private string TypeWord(ExpositionFormat format) => Name.Kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => format == ExpositionFormat.Text ? "untyped" : "unknown",
    };

    private static string Escape(string help) =>
        help.Replace("\r", "", StringComparison.Ordinal).Replace("\\", @"\\").Replace("\n", @"\n");
}

internal enum RecordOutcome
{
    Recorded,
    Overflowed,
    Rejected,
}
