namespace Streamgauge.Processing;

/// <summary>How many entries to read next, so that a commit is large enough to be cheap and small enough not to hold up Redis.</summary>
/// <remarks>
/// What a commit costs Redis is the counters it touches, not its events: a thousand sessions are a thousand counters whether they come
/// with 4,000 events or 16,000. So the size in events grows while commits touch few counters, and shrinks when they touch many.
/// </remarks>
internal sealed class CommitSize(int eventsMax, int rowsWished, int entriesMax)
{
    private const int EventsInitial = 4_000;
    private const int EventsMin = 50;
    private const int EntriesInitial = 4;
    private double _events = Math.Min(EventsInitial, eventsMax);

    /// <summary>Entries to ask for.</summary>
    public int EntriesToRead { get; private set; } = Math.Min(EntriesInitial, entriesMax);

    /// <summary>A frame holds hundreds of events, a plain entry one.</summary>
    public void Observe(int entries, int events) =>
        EntriesToRead = Math.Clamp((int)(_events * entries / Math.Max(events, 1)), 1, entriesMax);

    /// <summary>Counters the last commit touched.</summary>
    public void ObserveRows(int rows)
    {
        if (rows > rowsWished) _events = Math.Max(_events * 0.75, Math.Min(EventsMin, eventsMax));
        else if (rows < rowsWished / 2) _events = Math.Min(_events * 1.25, eventsMax);
    }
}
