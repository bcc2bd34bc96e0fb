using System.Diagnostics;

namespace Streamgauge.Streams;

/// <summary>Where an entry comes from, as its fields beside the events say.</summary>
/// <param name="Producer">Empty for a plain entry, and where it is no name of a producer of ours: <c>[A-Za-z0-9._-]{1,64}</c>.</param>
/// <param name="Sequence">Of its producer; 0 for a plain entry.</param>
/// <param name="Trace">Default when it belongs to no trace that is recorded.</param>
public readonly record struct EntryOrigin(StreamEntryId Id, string Producer, long Sequence, ActivityContext Trace);

/// <summary>Of which entries a batch keeps the origin: it costs memory per entry.</summary>
public enum OriginsKept
{
    None,

    /// <summary>Those that belong to a trace.</summary>
    Traced,

    /// <summary>Those that belong to a trace, and every frame.</summary>
    All,
}
