namespace Streamgauge.Streams;

/// <summary>What counting the stream again showed.</summary>
public sealed record Verification
{
    /// <summary>Entries counted again.</summary>
    public required long Entries { get; init; }

    /// <summary>Events counted again.</summary>
    public required long Events { get; init; }

    /// <summary>Only buckets of events that all arrived after this moment could be compared; null when the whole stream is there.</summary>
    public required DateTimeOffset? Since { get; init; }

    public required int BucketsCompared { get; init; }

    /// <summary>Buckets that hold events whose entries were trimmed.</summary>
    public required int BucketsOutOfReach { get; init; }

    /// <summary>Every stored counter that differs; empty when all is well.</summary>
    public required IReadOnlyList<Drift> Drifts { get; init; }

    public required VerifiedBooks Books { get; init; }

    public bool IsSound => Drifts.Count == 0 && Books.Unaccounted is null or 0;
}

/// <summary>Where every entry that was ever appended is.</summary>
/// <param name="Undelivered">Null when the group does not exist, or they are too many to count.</param>
public sealed record VerifiedBooks(long Appended, long Counted, long DeadLettered, long Lost, long Pending, long? Undelivered)
{
    /// <summary>Entries in none of these places; null when that is not known.</summary>
    public long? Unaccounted => Undelivered is { } undelivered ? Appended - Counted - DeadLettered - Lost - Pending - undelivered : null;
}
