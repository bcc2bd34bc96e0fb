namespace Streamgauge.Serving;

/// <summary><c>GET /aggregates</c>.</summary>
internal sealed record AggregatesAnswer : Answer
{
    public required Overview Overview { get; init; }

    public required EventTypesPart EventTypes { get; init; }

    public required ProductsPart Products { get; init; }

    public required SessionsPart Sessions { get; init; }
}

/// <param name="Count">Distinct types, listed or not.</param>
/// <param name="Other">Everything not listed, so that items and other add up to the total.</param>
internal sealed record EventTypesPart(int Count, IReadOnlyList<EventTypeItem> Items, int HiddenCount, EventTypeRest Other);

/// <param name="Share">Part of all events, from 0 to 1.</param>
internal sealed record EventTypeItem(string Name, long Count, decimal Value, decimal Share);

internal sealed record EventTypeRest(long Count, decimal Value, decimal Share);

/// <param name="HiddenCount">Distinct products not listed.</param>
internal sealed record ProductsPart(int Count, IReadOnlyList<ProductItem> Items, int HiddenCount, ProductRest Other);

/// <param name="Share">Part of all events that name a product, from 0 to 1.</param>
internal sealed record ProductItem(string Name, long Count, decimal Share);

internal sealed record ProductRest(long Count, decimal Share);

/// <param name="Next">Cursor of the next page for <c>?after=</c>; null at the end.</param>
internal sealed record SessionsPart(long Count, decimal RetainedHours, IReadOnlyList<SessionItem> Items, string? Next);

internal sealed record SessionItem(string Id, long Events);
