using static Streamgauge.Dashboards.PanelKind;

namespace Streamgauge.Dashboards;

/// <summary>What happens: event types and products, and what could not be counted.</summary>
internal static class EventsDashboard
{
    // Every process that serves a stream has the same totals: the greatest of them, then the sum over streams.
    private const string TypeRate = "sum by (event_type) (max by (stream, event_type) (rate(events_by_type_total{$target}[$__rate_interval])))";
    private const string ProductRate = "sum by (product) (max by (stream, product) (rate(events_by_product_total{$target}[$__rate_interval])))";

    public static Dashboard Create() => new(
        "streamgauge-events", "Streamgauge: event types and products", "Which events happen, with which products, and which could not be counted.",
        new Row(
            "Event types", 10,
            new Panel(Lines, "Events per second by type", Units.EventsPerSecond, "The twelve most frequent types at each moment.", new Query($"topk(12, {TypeRate})", "{{event_type}}")) { IsStacked = true, Width = 12 },
            new Panel(Bars, "Share of types", Units.Ratio, "Of the events of the last minutes, how many are of which type.",
                new Query($"sort_desc(topk(12, {TypeRate}) / ignoring (event_type) group_left sum({TypeRate}))", "{{event_type}}")),
            new Panel(Table, "Events ever, by type", Units.Number, "Exact totals, the 50 most frequent; (other) is what came after 1,000 types.", new Query("topk(50, sum by (event_type) (max by (stream, event_type) (event_type_count{$target})))", "{{event_type}}"))),
        new Row(
            "Products", 10,
            new Panel(Lines, "Events per second by product", Units.EventsPerSecond, "The ten products with most events at each moment. Only the most frequent products have series; the API has all of them.",
                new Query($"topk(10, {ProductRate})", "{{product}}"))
            { IsStacked = true, Width = 12 },
            new Panel(Bars, "Top products", Units.EventsPerSecond, "Events per second in the last minutes, the most frequent first.", new Query($"sort_desc(topk(15, {ProductRate}))", "{{product}}")),
            new Panel(Table, "Events ever, by product", Units.Number, "Exact totals, the 50 most frequent.", new Query("topk(50, sum by (product) (max by (stream, product) (product_count{$target})))", "{{product}}"))),
        new Row(
            "Views", 7,
            new Panel(Number, "Views served", Units.Number, "Views that are served, the built-in ones among them.", new Query("sum(max by (stream) (views{$target}))", "views")),
            new Panel(Number, "Event types", Units.Number, "Event types with a series.", new Query("count(count by (event_type) (event_type_count{$target}))", "types")),
            new Panel(Number, "Products without a series", Units.Number, "Products counted that are not among the most frequent: /aggregates has them.", new Query("sum(max by (stream) (products_without_series{$target}))", "products")),
            new Panel(Lines, "Late and from the future", Units.EventsPerSecond, "Events too late for a windowed view (they count in those of all time), and events counted at their arrival because they came from the future.",
                new Query("sum(rate(events_late_total{$target}[$__rate_interval]))", "late"),
                new Query("sum(rate(events_clamped_total{$target}[$__rate_interval]))", "from the future"))
            { Width = 9 }),
        new Row(
            "Not counted", 8,
            new Panel(Lines, "Dead letters by reason", Units.EventsPerSecond, "Entries and events per second that could not be counted. `streamgauge dlq list` has them.",
                new Query("sum by (reason) (rate(dead_letters_total{$target}[$__rate_interval])) > 0", "{{reason}}") { EmptyBecause = "there are no dead letters" })
            { Alert = "DeadLettersGrowing", Width = 12 },
            new Panel(Number, "Waiting dead letters", Units.Number, "Dead letters there are now.", new Query("sum(max by (stream) (dead_letters_stored{$target}))", "stored")),
            new Panel(Number, "Oldest", Units.Seconds, "Nobody has looked for that long.", new Query("max(dead_letters_oldest_age_seconds{$target})", "oldest")) { Alert = "DeadLettersUnattended" },
            new Panel(Number, "Gone for good", Units.Number, "Dead letters pushed out by newer ones in the time shown.", new Query("sum(max by (stream) (increase(dead_letters_evicted{$target}[$__range])))", "evicted")) { Alert = "DeadLettersEvicted" }));
}
