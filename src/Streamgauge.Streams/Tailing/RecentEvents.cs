namespace Streamgauge.Streams;

/// <summary>The newest events of a stream.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="NewestId">Newest entry looked at; null for an empty stream. What comes behind it is new.</param>
/// <param name="ScannedEntries">Entries looked at.</param>
/// <param name="FaultyEvents">Events among them that cannot be counted, and so are not listed.</param>
/// <param name="IsComplete">False when the search ended at its bound, before it found as many as wanted or came to the beginning of the stream.</param>
public sealed record RecentEvents(IReadOnlyList<TailedEvent> Items, StreamEntryId? NewestId, int ScannedEntries, long FaultyEvents, bool IsComplete);

/// <summary>How far back a search for events goes.</summary>
public sealed record TailLimits
{
    /// <summary>Most events of one answer.</summary>
    public const int EventsMax = 1_000;

    /// <summary>Most entries looked at.</summary>
    public int EntriesMax { get; init; } = 5_000;

    /// <summary>Bytes of entries after which no further page is read; a page may go beyond by its last entries.</summary>
    public long BytesMax { get; init; } = 16 * 1024 * 1024;
}
