using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>The views every sequence counts: those each stream has, with a tiny budget, and a declared one in two tiers.</summary>
internal static class ModelViews
{
    public const int GroupsMax = 2;
    public const long SessionBucketMs = 6 * HourMs;
    public const long HourMs = 3_600_000;
    private const long SessionRetainMs = 24 * HourMs;
    private const long SalesRetainMs = 96 * HourMs;

    public static TimeSpan SessionRetain => TimeSpan.FromMilliseconds(SessionRetainMs);

    public static ViewDefinition Sales { get; } = new()
    {
        Name = "sales",
        GroupBy = ["product"],
        Measures = [Measure.Count, new Measure(MeasureKind.Sum, "value"), new Measure(MeasureKind.Max, "value")],
        Tiers = [new Tier(TimeSpan.FromMilliseconds(HourMs), TimeSpan.FromMilliseconds(SalesRetainMs)), Tier.AllTime],
    };

    public static ViewCatalog Catalog(long version) => new(version, [new CatalogView(Sales, Generation: 1, CatalogState.Active, SinceMs: 0)]);

    /// <summary>Start of the bucket of sessions an event falls into, or null when that is over.</summary>
    public static long? SessionBucket(long timestampMs, long nowMs) => Bucket(timestampMs, SessionBucketMs, SessionRetainMs, nowMs);

    /// <summary>Start of the hour an event falls into, or null when that is over.</summary>
    public static long? SalesHour(long timestampMs, long nowMs) => Bucket(timestampMs, HourMs, SalesRetainMs, nowMs);

    private static long? Bucket(long timestampMs, long everyMs, long retainMs, long nowMs)
    {
        var startMs = timestampMs / everyMs * everyMs;
        return startMs + everyMs + retainMs > nowMs ? startMs : null;
    }
}
