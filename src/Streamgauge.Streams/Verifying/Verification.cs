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

    /// <summary>Per view of sessions, how much of it could be compared.</summary>
    public required IReadOnlyList<VerifiedSessions> SessionViews { get; init; }

    /// <summary>Every stored counter that differs; empty when all is well.</summary>
    public required IReadOnlyList<Drift> Drifts { get; init; }

    public required VerifiedBooks Books { get; init; }

    public bool IsSound => Drifts.Count == 0 && Books.Unaccounted is null or 0;
}

/// <summary>How much of a view of sessions could be compared with the stream. Its totals are compared with the sessions stored in any case.</summary>
/// <param name="View">As in the names of its keys: <c>visits.1</c>.</param>
/// <param name="Compared">Sessions stored that the retained stream has whole.</param>
/// <param name="OutOfReach">Sessions stored that began before: their events may be trimmed, or the view's retention was another.</param>
/// <param name="IsBeyondLimit">Events found no room within the view's limit. Which ones depends on the order of arrival, so it was only compared that no id has more events than the stream.</param>
/// <param name="IsLeftOut">Nothing was compared: the view is larger than <see cref="StreamVerifier.FieldsPerBucketMax"/>.</param>
public sealed record VerifiedSessions(string View, int Compared, int OutOfReach, bool IsBeyondLimit, bool IsLeftOut = false);

/// <summary>Where every entry that was ever appended is.</summary>
/// <param name="Undelivered">Null when the group does not exist, or they are too many to count.</param>
public sealed record VerifiedBooks(long Appended, long Counted, long DeadLettered, long Lost, long Pending, long? Undelivered)
{
    /// <summary>Entries in none of these places; null when that is not known.</summary>
    public long? Unaccounted => Undelivered is { } undelivered ? Appended - Counted - DeadLettered - Lost - Pending - undelivered : null;
}
