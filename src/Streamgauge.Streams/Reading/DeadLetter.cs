using Streamgauge.Events;

namespace Streamgauge.Streams;

/// <summary>An entry, or one event of a frame, that will be dead-lettered by the commit of its batch.</summary>
/// <param name="Id">Entry it came in.</param>
/// <param name="Index">Position in the frame; -1 for the whole entry.</param>
/// <param name="Reason">Wire name of the reason.</param>
/// <param name="Fields">Fields of the single event; null for a whole entry, whose fields Redis still has.</param>
public sealed record DeadLetter(StreamEntryId Id, int Index, string Reason, ExtraFields? Fields)
{
    /// <summary>Reasons beside the faults of events and frames.</summary>
    public static IReadOnlyList<string> ReasonsOfEntries { get; } = ["too_many_deliveries", "entry_too_large", CommitRefused];

    /// <summary>Reason of an entry that Redis refuses to count while it counts others.</summary>
    public const string CommitRefused = "commit_refused";
}
