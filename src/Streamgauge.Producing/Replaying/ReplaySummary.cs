namespace Streamgauge.Producing;

/// <summary>What a replay sent: the totals an aggregate must agree with.</summary>
/// <param name="IsComplete">False when the replay was stopped before the end of the file; the other numbers then cover what was sent.</param>
/// <param name="Lines">Lines read, the header included.</param>
/// <param name="Events">Events sent.</param>
/// <param name="Malformed">Malformed lines.</param>
/// <param name="MalformedByReason">The same by reason.</param>
/// <param name="TimestampMsMin">Oldest event time sent, Unix milliseconds; null without events.</param>
/// <param name="TimestampMsMax">Newest event time sent, Unix milliseconds; null without events.</param>
/// <param name="ValueMicros">Exact sum of all values in millionths.</param>
/// <param name="Elapsed">From the start to the last acknowledgement.</param>
public sealed record ReplaySummary(
    bool IsComplete,
    long Lines,
    long Events,
    long Malformed,
    IReadOnlyDictionary<string, long> MalformedByReason,
    long? TimestampMsMin,
    long? TimestampMsMax,
    Int128 ValueMicros,
    TimeSpan Elapsed);
