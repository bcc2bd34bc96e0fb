namespace Streamgauge.Streams;

/// <summary>Some of the sessions within the retention.</summary>
/// <param name="Items">Sessions with the events of all live buckets.</param>
/// <param name="Next">Where the next page begins; null when the walk is complete.</param>
public sealed record SessionsPage(IReadOnlyList<SessionTotal> Items, SessionCursor? Next)
{
    public static SessionsPage Empty { get; } = new([], Next: null);
}

/// <summary>Events of one session within the retention.</summary>
public sealed record SessionTotal(string Id, long Events);
