namespace Streamgauge.Views;

/// <summary>The documented counters, as views. Every deployment has them.</summary>
public static class BuiltInViews
{
    /// <summary>All events: <c>total_count</c>, <c>total_value_micros</c>.</summary>
    public static ViewDefinition Total { get; } = new()
    {
        Name = "total",
        SumsValue = true,
        Naming = new FieldNaming("total", "_count", "_value_micros"),
    };

    /// <summary>Per event type: <c>type:click:count</c>, <c>type:click:value_micros</c>.</summary>
    public static ViewDefinition EventTypes { get; } = new()
    {
        Name = "event_types",
        GroupBy = "event_type",
        SumsValue = true,
        GroupsMax = 1_000,
        Naming = new FieldNaming("type:", ":count", ":value_micros"),
    };

    /// <summary>Per product: <c>product:laptop:count</c>.</summary>
    public static ViewDefinition Products { get; } = new()
    {
        Name = "products",
        GroupBy = "product",
        GroupsMax = 10_000,
        Naming = new FieldNaming("product:", ":count"),
    };

    /// <summary>
    /// Per session, kept <paramref name="retain"/> after the end of a bucket of a quarter of that: <c>session:123:events</c>.
    /// </summary>
    /// <remarks>Buckets, because sessions are unbounded: a bucket expires whole, no session has a timer of its own.</remarks>
    public static ViewDefinition Sessions(TimeSpan retain, int sessionsMax) => new()
    {
        Name = "sessions",
        GroupBy = "session_id",
        Window = retain / 4,
        Retain = retain,
        GroupsMax = sessionsMax,
        Naming = new FieldNaming("session:", ":events"),
    };
}
