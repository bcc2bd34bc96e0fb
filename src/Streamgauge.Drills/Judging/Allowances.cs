using System.Diagnostics;

namespace Streamgauge.Drills;

/// <summary>What a scenario declares beforehand: faults whose damage is part of the promise.</summary>
internal sealed class Allowances
{
    private static readonly long RepliesArrive = Stopwatch.Frequency / 4; // those given before Redis forgot, and still in sockets, reach whoever waits for them by then: 8 ms was the longest seen
    private readonly List<(long From, long To, int Sent, IReadOnlySet<int>? Of)> _losses = [];

    /// <summary>Whether totals may fall: Redis was made to forget.</summary>
    public bool TotalsMayFall { get; set; }

    /// <summary>Numbers of the books that must come out, by name: <c>lost</c>, <c>clamped</c>, <c>dead_entries</c> … All others must be 0.</summary>
    public Dictionary<string, long> Books { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries taken out before anybody read them: no number in Redis knows them, so <c>verify</c> must miss exactly so many.</summary>
    public int Unaccounted { get; set; }

    /// <summary>Events that were in entries taken out.</summary>
    public HashSet<int> EventsTakenOut { get; } = [];

    /// <summary>Declares that Redis was made to forget: events sent before now and acknowledged after a moment may be gone.</summary>
    /// <param name="from">Timestamp of <see cref="Stopwatch"/>; 0 for all there ever was.</param>
    /// <param name="sent">Events sent so far; Redis is away, so none of them is acknowledged anew.</param>
    /// <param name="of">Numbers of the events it is about, which may still grow; null for all.</param>
    public void DeclareLoss(long from, int sent, IReadOnlySet<int>? of = null)
    {
        _losses.Add((from, Stopwatch.GetTimestamp() + RepliesArrive, sent, of));
        TotalsMayFall = true;
    }

    /// <summary>The timestamp of so long ago.</summary>
    public static long Ago(TimeSpan time) => Stopwatch.GetTimestamp() - (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Whether an event acknowledged at this moment may be missing.</summary>
    public bool MayBeLost(int number, long settledAt) => EventsTakenOut.Contains(number) || _losses.Exists(loss => number < loss.Sent && settledAt >= loss.From && settledAt <= loss.To && loss.Of?.Contains(number) is not false);
}
