namespace Streamgauge.Streams;

/// <summary>How many dead letters there are now.</summary>
/// <param name="Oldest">When the oldest of them was buried; null when there is none.</param>
public sealed record DeadLetterStatus(long Stored, DateTimeOffset? Oldest);
