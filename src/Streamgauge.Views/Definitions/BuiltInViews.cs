namespace Streamgauge.Views;

/// <summary>The documented counters, as views. Every deployment has them.</summary>
public static class BuiltInViews
{
    private static readonly Measure[] CountAndSum = [Measure.Count, new Measure(MeasureKind.Sum, "value")];

    /// <summary>All events: <c>total_count</c>, <c>total_value_micros</c>.</summary>
    public static ViewDefinition Total { get; } = new()
    {
        Name = "total",
        Measures = CountAndSum,
        Naming = ViewNaming.Documented("total", "_count", "_value_micros"),
    };

    /// <summary>Per event type: <c>type:click:count</c>, <c>type:click:value_micros</c>.</summary>
    public static ViewDefinition EventTypes { get; } = new()
    {
        Name = "event_types",
        GroupBy = ["event_type"],
        KeepsAbsent = false,
        Measures = CountAndSum,
        GroupsMax = 1_000,
        Naming = ViewNaming.Documented("type:", ":count", ":value_micros"),
    };

    /// <summary>Per product: <c>product:laptop:count</c>. Events without a product are not in it.</summary>
    public static ViewDefinition Products { get; } = new()
    {
        Name = "products",
        GroupBy = ["product"],
        KeepsAbsent = false,
        GroupsMax = 10_000,
        Naming = ViewNaming.Documented("product:", ":count"),
    };

    /// <summary>
    /// Per session, kept <paramref name="retain"/> after the end of a bucket of a quarter of that: <c>session:123:events</c>.
    /// </summary>
    /// <remarks>Buckets, because sessions are unbounded: a bucket expires whole, no session has a timer of its own.</remarks>
    public static ViewDefinition Sessions(TimeSpan retain, int sessionsMax) => new()
    {
        Name = "sessions",
        GroupBy = ["session_id"],
        KeepsAbsent = false,
        Tiers = [new Tier(retain / 4, retain)],
        GroupsMax = sessionsMax,
        Naming = ViewNaming.Documented("session:", ":events"),
    };
}
