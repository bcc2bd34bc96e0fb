using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace Streamgauge.Telemetry;

/// <summary>The container's <see cref="IMeterFactory"/>: starts the exposition before it hands out the first meter.</summary>
/// <remarks>
/// The framework's own factory would do, but for one thing: zeros that owners record in their constructors, to make
/// a counter exist before its first event, must find somebody listening. Equal meters are made once, as there.
/// </remarks>
internal sealed class ExposedMeterFactory : IMeterFactory
{
    private readonly Lock _making = new();
    private readonly Dictionary<string, List<Meter>> _meters = new(StringComparer.Ordinal);
    private bool _disposed;

    public ExposedMeterFactory(IOptions<MetricsExpositionOptions> options, TimeProvider? time = null)
    {
        options.Value.MeterScope ??= this;
        Exposition = new MetricsExposition(options.Value, time);
    }

    public MetricsExposition Exposition { get; }

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Scope is not null && !ReferenceEquals(options.Scope, this))
            throw new InvalidOperationException("A meter factory makes meters of its own scope only; leave MeterOptions.Scope unset.");

        lock (_making)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_meters.TryGetValue(options.Name, out var namesakes)) _meters.Add(options.Name, namesakes = []);
            if (namesakes.Find(meter => meter.Version == options.Version && SameTags(meter.Tags, options.Tags)) is { } known) return known;

            var made = new SharedMeter(new MeterOptions(options.Name) { Version = options.Version, Tags = options.Tags, Scope = this });
            namesakes.Add(made);
            return made;
        }
    }

    public void Dispose()
    {
        lock (_making)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (var meter in _meters.Values.SelectMany(namesakes => namesakes).OfType<SharedMeter>()) meter.Release();
            _meters.Clear();
        }

        Exposition.Dispose();
    }

    private static bool SameTags(IEnumerable<KeyValuePair<string, object?>>? left, IEnumerable<KeyValuePair<string, object?>>? right) =>
        (left ?? []).OrderBy(tag => tag.Key, StringComparer.Ordinal).SequenceEqual((right ?? []).OrderBy(tag => tag.Key, StringComparer.Ordinal));

    /// <summary>Outlives each of its users: only the factory ends it.</summary>
    private sealed class SharedMeter(MeterOptions options) : Meter(options)
    {
        public void Release() => base.Dispose(disposing: true);

        [SuppressMessage("Usage", "CA2215", Justification = "One user must not end the meter for all others; Release does it.")]
        protected override void Dispose(bool disposing)
        {
        }
    }
}
