using System.Diagnostics.Metrics;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>The instruments of the read side.</summary>
internal sealed class ServingMetrics
{
    public const string MeterName = "Streamgauge.Serving";
    private const int EventTypesMax = 1_000; // one series each; the view's own budget

    private static readonly double[] RefreshBucketsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5];
    private readonly SnapshotSource _source;
    private readonly Histogram<double> _refreshDuration;
    private readonly Counter<long> _refreshFailures;

    public ServingMetrics(IMeterFactory meters, SnapshotSource source, int productSeriesMax)
    {
        _source = source;
        var meter = meters.Create(MeterName);
        Conditions = new ConditionMetrics(meter, "reader");
        _refreshDuration = meter.CreateHistogram(
            "snapshot.refresh.duration", "s", "Time to read all counters from Redis.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = RefreshBucketsSeconds });
        _refreshFailures = meter.CreateCounter<long>("snapshot.refresh.failures", "{refresh}", "Refreshes that failed; answers then show the last snapshot.");
        meter.CreateObservableGauge("snapshot.age", ObserveAge, "s", "Age of the counters that are served; nothing before the first read.");
        meter.CreateObservableGauge("stream.lag", ObserveLag, "s", "How far counting is behind arrival, as of the last snapshot.");
        meter.CreateObservableGauge("redis.up", () => source.Outage is null && source.Current is not null ? 1L : 0L, "1", "1 while counters can be read from Redis, else 0.");
        meter.CreateObservableGauge("counters.residue", () => ObserveBooks(books => books.Residue), "{increment}", "Increments that found no room or no number; above 0 some counter is not exact.");
        meter.CreateObservableGauge("entries.repeated", () => source.Current?.Counters.Books.Repeated ?? 0, "{entry}", "Entries delivered again although counted, and refused.");
        meter.CreateObservableGauge("dead_letters.stored", () => source.Current?.Counters.DeadLetters.Stored ?? 0, "{entry}", "Dead letters there are now.");
        meter.CreateObservableGauge("dead_letters.oldest_age", ObserveOldestDeadLetter, "s", "Age of the oldest dead letter; 0 when there is none.");
        meter.CreateObservableGauge("dead_letters.retried", () => source.Current?.Counters.Books.DeadRetried ?? 0, "{entry}", "Dead letters appended again.");
        meter.CreateObservableGauge("dead_letters.dropped", () => source.Current?.Counters.Books.DeadDropped ?? 0, "{entry}", "Dead letters given up for good by somebody.");
        meter.CreateObservableGauge("dead_letters.evicted", () => ObserveBooks(books => books.DeadEvicted), "{entry}", "Dead letters pushed out by newer ones.");
        meter.CreateObservableGauge("consumer_group.lag", ObserveUndelivered, "{entry}", "Entries that wait to be handed out to the group; NaN when nobody knows.");
        meter.CreateObservableGauge("products.without_series", () => source.Current is { } snapshot ? Math.Max(0L, snapshot.Counters.Products.Count - productSeriesMax) : 0, "{product}", "Products counted that have no series here, because others are more frequent.");
        _ = new GroupSeries(meter, "event_type.count", "events.by_type", "event_type", EventTypesMax, "Events counted, by event type", () => source.Current?.Counters.EventTypes);
        _ = new GroupSeries(meter, "product.count", "events.by_product", "product", productSeriesMax, "Events counted, by product, the most frequent", () => source.Current?.Counters.Products);
    }

    public ConditionMetrics Conditions { get; }

    public void Refreshed(TimeSpan duration) => _refreshDuration.Record(duration.TotalSeconds);

    public void RefreshFailed() => _refreshFailures.Add(1);

    private IEnumerable<Measurement<double>> ObserveAge() => _source.Current is { } snapshot ? [new Measurement<double>(_source.AgeOf(snapshot).TotalSeconds)] : [];

    private IEnumerable<Measurement<double>> ObserveLag() => _source.Current is { } snapshot ? [new Measurement<double>(snapshot.Counters.Group.Lag.TotalSeconds)] : [];

    // Nothing before the first read: a 0 that then becomes what was there all along would look like growth, and alerts would fire at every restart.
    private IEnumerable<Measurement<long>> ObserveBooks(Func<Books, long> number) => _source.Current is { } snapshot ? [new Measurement<long>(number(snapshot.Counters.Books))] : [];

    private double ObserveOldestDeadLetter() =>
        _source.Current is { Counters: { DeadLetters.Oldest: { } oldest, Group.Now: var now } } && now > oldest ? (now - oldest).TotalSeconds : 0;

    // What was true before an outage need not be true now.
    private IEnumerable<Measurement<double>> ObserveUndelivered() =>
        _source.Current is { } snapshot ? [new Measurement<double>(_source.Outage is null && snapshot.Counters.Undelivered is { } entries ? entries : double.NaN)] : [];
}
