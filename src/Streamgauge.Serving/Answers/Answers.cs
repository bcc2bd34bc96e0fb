using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>Turns a snapshot into answers. Numbers stay exact: sums come from millionths and never pass through a float.</summary>
internal static class Answers
{
    private const decimal MicrosPerUnit = 1_000_000m;
    private const int ShareDigits = 6;

    /// <param name="degradedFor">Age of the snapshot when it is degraded, else null.</param>
    /// <param name="top">Most event types and most products to list.</param>
    public static AggregatesAnswer Aggregates(ServedSnapshot snapshot, TimeSpan? degradedFor, int top, SessionsPage sessions)
    {
        var counters = snapshot.Counters;
        return new AggregatesAnswer
        {
            AsOf = counters.Group.Now,
            CompleteThrough = counters.Group.CompleteThrough,
            LagSeconds = Seconds(counters.Group.Lag),
            Degraded = degradedFor is not null,
            AgeSeconds = Age(degradedFor),
            Overview = OverviewOf(counters),
            EventTypes = EventTypes(counters.EventTypes, top),
            Products = Products(counters.Products, top),
            Sessions = new SessionsPart(
                counters.SessionCount, Hours(counters), [.. sessions.Items.Select(session => new SessionItem(session.Id, session.Events))], sessions.Next?.ToString()),
        };
    }

    public static SummaryAnswer Summary(ServedSnapshot snapshot, TimeSpan? degradedFor) => new()
    {
        AsOf = snapshot.Counters.Group.Now,
        CompleteThrough = snapshot.Counters.Group.CompleteThrough,
        LagSeconds = Seconds(snapshot.Counters.Group.Lag),
        Degraded = degradedFor is not null,
        AgeSeconds = Age(degradedFor),
        Overview = OverviewOf(snapshot.Counters),
        EventsPerSecond = snapshot.EventsPerSecond,
    };

    public static SessionAnswer Session(ServedSnapshot snapshot, TimeSpan? degradedFor, string id, long events) => new()
    {
        AsOf = snapshot.Counters.Group.Now,
        CompleteThrough = snapshot.Counters.Group.CompleteThrough,
        LagSeconds = Seconds(snapshot.Counters.Group.Lag),
        Degraded = degradedFor is not null,
        AgeSeconds = Age(degradedFor),
        Id = id,
        Events = events,
        RetainedHours = Hours(snapshot.Counters),
    };

    public static decimal Seconds(TimeSpan time) => (decimal)(long)time.TotalMilliseconds / 1_000m;

    private static decimal? Age(TimeSpan? degradedFor) => degradedFor is { } age ? Seconds(age) : null;

    private static decimal Hours(AggregatesSnapshot counters) => (decimal)counters.SessionRetain.Ticks / TimeSpan.TicksPerHour;

    private static decimal Value(long micros) => micros / MicrosPerUnit;

    private static decimal Share(long part, long whole) => whole == 0 ? 0 : Math.Round((decimal)part / whole, ShareDigits);

    private static Overview OverviewOf(AggregatesSnapshot counters) => new(
        counters.TotalCount, Value(counters.TotalValueMicros), counters.LastUpdated,
        counters.EventTypes.Count, counters.Products.Count, counters.SessionCount,
        counters.Books.DeadEntries + counters.Books.DeadEvents, counters.Books.Late, counters.Books.Clamped, counters.Books.Lost, counters.Books.Residue, counters.Group.Pending);

    private static EventTypesPart EventTypes(GroupTotals types, int top)
    {
        var listed = types.Top(top);
        var rest = types.CountSum - listed.Sum(type => type.Count);
        var restMicros = types.ValueMicrosSum - listed.Sum(type => type.ValueMicros);
        return new EventTypesPart(
            types.Count, [.. listed.Select(type => new EventTypeItem(type.Name, type.Count, Value(type.ValueMicros), Share(type.Count, types.CountSum)))],
            types.Count - listed.Count, new EventTypeRest(rest, Value(restMicros), Share(rest, types.CountSum)));
    }

    private static ProductsPart Products(GroupTotals products, int top)
    {
        var listed = products.Top(top);
        var rest = products.CountSum - listed.Sum(product => product.Count);
        return new ProductsPart(
            products.Count, [.. listed.Select(product => new ProductItem(product.Name, product.Count, Share(product.Count, products.CountSum)))],
            products.Count - listed.Count, new ProductRest(rest, Share(rest, products.CountSum)));
    }
}
