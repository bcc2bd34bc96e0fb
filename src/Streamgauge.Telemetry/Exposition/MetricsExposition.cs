using System.Buffers;
using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry;

/// <summary>Listens to meters from its construction on and writes what they measured as a Prometheus page.</summary>
/// <remarks>
/// Recording allocates nothing once a label set is known and never throws into the code it observes. Measurements made
/// before construction are lost, instruments made before it are not. Thread-safe; pages are written one at a time,
/// because observable callbacks run while a page is written. Source: Prometheus text format 0.0.4, OpenMetrics 1.0.0.
/// </remarks>
public sealed partial class MetricsExposition : IDisposable
{
    private readonly MetricsExpositionOptions _options;
    private readonly TimeProvider _time;
    private readonly MeterListener _listener = new();
    private readonly Lock _writing = new();
    private readonly Lock _registering = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MetricFamily> _claims = new(StringComparer.Ordinal);
    private readonly TelemetryMetrics _own;
    private bool _disposed;

    /// <summary>Starts listening.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its legal range.</exception>
    public MetricsExposition(MetricsExpositionOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var validation = new MetricsExpositionOptionsValidator().Validate(name: null, options);
        if (validation.Failed) throw new ArgumentOutOfRangeException(nameof(options), validation.FailureMessage);

        _options = options;
        _time = time ?? TimeProvider.System;
        _own = new TelemetryMetrics(scope: this, CountSeries);

        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Record((long)value, tags, family));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Record((long)value, tags, family));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record((long)value, tags, family));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(value, tags, family));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Record((double)value, tags, family));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(value, tags, family));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Record((double)value, tags, family));
        _listener.Start();
    }

    /// <summary>Appends one whole page in UTF-8.</summary>
    /// <remarks>Runs every observable callback once. A callback that throws is counted in <c>telemetry_callback_failures_total</c>; the page goes on.</remarks>
    public void Write(IBufferWriter<byte> output, ExpositionFormat format)
    {
        ArgumentNullException.ThrowIfNull(output);
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var started = _time.GetTimestamp();
            Observe();

            var page = new PageWriter(output);
            foreach (var family in Families()) family.Write(ref page, format);
            if (format == ExpositionFormat.OpenMetrics) page.Raw("# EOF\n"u8);
            page.Flush();
            _own.PageWritten(_time.GetElapsedTime(started));
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            _disposed = true;
            _listener.Dispose();
            _own.Dispose();
        }
    }

    private void Observe()
    {
        foreach (var family in Families()) family.BeginObservation();
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException failures) // thrown after every instrument had its turn
        {
            _own.CallbacksFailed(failures.InnerExceptions.Count);
        }
    }

    private void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family) =>
        Count(((MetricFamily)family!).Record(value, tags));

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family) =>
        Count(((MetricFamily)family!).Record(value, tags));

    private void Count(RecordOutcome outcome)
    {
        switch (outcome)
        {
            case RecordOutcome.Overflowed: _own.Overflowed(); break;
            case RecordOutcome.Rejected: _own.Rejected(); break;
            default: break;
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!IsWanted(instrument) || !InstrumentShape.TryRead(instrument, out var shape)) return;
        if (FamilyOf(instrument, shape) is { } family) listener.EnableMeasurementEvents(instrument, family);
        else _own.Conflicted();
    }

    // Null when the name belongs to a family of another shape: a page with one name twice would be refused whole.
    private MetricFamily? FamilyOf(Instrument instrument, InstrumentShape shape)
    {
        var name = ExposedName.Of(instrument.Name, instrument.Unit, shape.Kind);
        lock (_registering)
        {
            if (_families.TryGetValue(name.Family, out var known)) return known.Name == name && known.Takes(instrument, shape) ? known : null;
            if (name.Claims().Any(_claims.ContainsKey)) return null;

            var family = new MetricFamily(instrument, shape, name, _options);
            foreach (var claim in name.Claims()) _claims.Add(claim, family);
            _families.Add(name.Family, family);
            return family;
        }
    }

    private bool IsWanted(Instrument instrument)
    {
        var meter = instrument.Meter;
        if (meter.Scope is MetricsExposition owner) return owner == this;
        if (_options.MeterScope is { } scope && meter.Scope is { } other && !ReferenceEquals(scope, other)) return false;
        foreach (var pattern in _options.Meters)
        {
            if (pattern.EndsWith('*') ? meter.Name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == meter.Name || pattern == $"{meter.Name}/{instrument.Name}")
                return true;
        }

        return false;
    }

    private MetricFamily[] Families()
    {
        lock (_registering) return [.. _families.Values];
    }

    private long CountSeries() => Families().Sum(family => (long)family.SeriesCount);
}
