namespace Streamgauge.Streams.Tests.Model;

/// <summary>An event as the model knows it.</summary>
internal sealed record ModelEvent(string Type, string? Product, string? Session, long? ValueMicros, long TimestampMs)
{
    /// <summary>Kinds that can be written as a plain entry; the last one of all lacks its type, which only a frame can carry that far.</summary>
    public const int PlainKinds = 12;

    /// <summary>All kinds.</summary>
    public const int Kinds = PlainKinds + 1;

    private const long DayMs = 86_400_000;

    /// <param name="recentMs">Start of the bucket of sessions before the current one.</param>
    public static ModelEvent Of(int kind, long recentMs) => new(
        kind == PlainKinds ? "" : $"t{kind % 3}",
        kind % 4 == 3 ? null : $"p{kind % 4}",
        kind % 5 == 0 ? null : $"s{kind % 5}",
        kind % 2 == 0 ? (kind + 1) * 500_000 : null,
        kind switch
        {
            10 => recentMs - (200 * DayMs), // too late for every window
            11 => recentMs + (900 * DayMs), // ahead of its arrival: clamped
            _ => recentMs + kind + (kind % 3 == 0 ? 0 : ModelViews.SessionBucketMs),
        });
}

/// <summary>What became of an entry. It leaves <see cref="Open"/> once, and never comes back.</summary>
internal enum Fate
{
    Open,
    Counted,
    Dead,
    Lost, // pending when somebody deleted it, and reported as lost
    Removed, // deleted by somebody while nobody had it: not ours to know
}

/// <summary>An entry ever appended.</summary>
/// <param name="Number">1, 2, 3 … in order of arrival; what differences speak of.</param>
/// <param name="Fault">Why the entry as a whole cannot be counted; null when it can.</param>
/// <param name="Bytes">About how large.</param>
internal sealed record ModelEntry(int Number, StreamEntryId Id, IReadOnlyList<ModelEvent> Events, string? Fault, int Bytes)
{
    public Fate Fate { get; private set; }

    public bool IsDone => Fate is Fate.Counted or Fate.Dead or Fate.Lost;

    public void Become(Fate fate)
    {
        if (Fate != Fate.Open) throw new InvalidOperationException($"Entry {Number} is {Fate} and was to become {fate}.");
        Fate = fate;
    }
}

/// <summary>A delivery that was not acknowledged.</summary>
internal sealed record PendingEntry(string Owner, long Deliveries, bool IsSilent);
