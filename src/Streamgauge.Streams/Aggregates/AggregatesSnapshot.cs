namespace Streamgauge.Streams;

/// <summary>All built-in counters at one moment, immutable.</summary>
public sealed record AggregatesSnapshot
{
    /// <summary>Commits so far: changes whenever any counter does.</summary>
    public required long Commits { get; init; }

    public required long TotalCount { get; init; }

    /// <summary>Sum of all values, millionths.</summary>
    public required long TotalValueMicros { get; init; }

    /// <summary>When the last commit happened; null before the first.</summary>
    public required DateTimeOffset? LastUpdated { get; init; }

    /// <summary>Counts and sums by event type.</summary>
    public required GroupTotals EventTypes { get; init; }

    /// <summary>Counts by product.</summary>
    public required GroupTotals Products { get; init; }

    /// <summary>Distinct sessions seen within <see cref="SessionRetain"/>.</summary>
    public required long SessionCount { get; init; }

    public required TimeSpan SessionRetain { get; init; }

    /// <summary>The books: entries and events counted, dead-lettered, lost, late, clamped, and the rest of <c>meta</c>.</summary>
    public required Books Books { get; init; }

    /// <summary>The dead letters there are, as of about that moment.</summary>
    public required DeadLetterStatus DeadLetters { get; init; }

    /// <summary>Where the group stood at that moment.</summary>
    public required GroupStatus Group { get; init; }

    /// <summary>Entries not handed out yet, as of about that moment; null when nobody knows.</summary>
    public required long? Undelivered { get; init; }
}

/// <summary>Count and sum of one group.</summary>
/// <param name="ValueMicros">Sum of values in millionths; 0 for views that do not sum.</param>
public sealed record GroupTotal(string Name, long Count, long ValueMicros);

/// <summary>What became of everything that was appended.</summary>
/// <param name="Entries">Entries counted.</param>
/// <param name="Events">Events counted.</param>
/// <param name="DeadEntries">Entries dead-lettered.</param>
/// <param name="DeadEvents">Single events of frames dead-lettered.</param>
/// <param name="DeadRetried">Dead letters appended again.</param>
/// <param name="DeadDropped">Dead letters somebody gave up for good.</param>
/// <param name="DeadEvicted">Dead letters pushed out by newer ones.</param>
/// <param name="Lost">Entries trimmed by somebody else while pending.</param>
/// <param name="Late">Events that came too late for a windowed view.</param>
/// <param name="Clamped">Events from the future, counted at their arrival.</param>
/// <param name="Residue">Increments that found no room (a sum at the end of 64 bits) or no number (somebody wrote to our keys): the only counting that is not exact.</param>
/// <param name="Repeated">Entries delivered again although counted, because the group was set backwards or made anew; refused.</param>
public sealed record Books(long Entries, long Events, long DeadEntries, long DeadEvents, long DeadRetried, long DeadDropped, long DeadEvicted, long Lost, long Late, long Clamped, long Residue, long Repeated);
