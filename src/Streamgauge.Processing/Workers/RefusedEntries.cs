using System.Diagnostics;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Entries that were refused alone while nothing else was counted: set aside, pending, until it is known whose fault it is.</summary>
/// <remarks>
/// That one entry is refused says nothing yet: a mistake of ours may have every entry refused, and dead-lettering them all would be wrong. Only while others are
/// counted it is the entry's own.
/// </remarks>
internal sealed class RefusedEntries
{
    private const int LookedForMax = 16; // by then it is more likely everybody's fault: no use to try each of a long list
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(2);

    private int _count;
    private StreamEntryId _first;
    private Exception? _cause;
    private long _since;

    public bool IsEmpty => _count == 0;

    /// <summary>Whether it is no use to look for more before anything was counted.</summary>
    public bool AreTooMany => _count >= LookedForMax;

    public void Add(StreamEntryId id, Exception cause)
    {
        if (_count++ > 0) return;
        (_first, _cause, _since) = (id, cause, Stopwatch.GetTimestamp());
    }

    public void Clear() => _count = 0;

    /// <summary>Ends the epoch when nothing was counted for a while; the next one tries all of them again.</summary>
    /// <exception cref="EntriesRefusedException">They waited long enough.</exception>
    public void ThrowIfOld()
    {
        if (Stopwatch.GetElapsedTime(_since) > WaitMax) throw new EntriesRefusedException(_count, _first, _cause!);
    }
}

/// <summary>Entries were refused and no other was there to be counted. They stay pending, and the next epoch tries them again.</summary>
internal sealed class EntriesRefusedException(int count, StreamEntryId first, Exception cause)
    : Exception($"{(count == 1 ? $"entry {first} is refused" : $"{count} entries are refused, the first {first}")} ({cause.Message}), and no other was counted that would show it is their own fault", cause);
