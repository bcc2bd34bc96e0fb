using System.Text;

namespace Streamgauge.Streams;

/// <summary>What was done with (counted or dead-lettered) at the moment a rebuild began: the part of the stream it has to count itself.</summary>
/// <remarks>Everything else is counted into the new view by the commits that come after that moment, so no event is counted twice or left out.</remarks>
public sealed class Seam
{
    private readonly List<(StreamEntryId First, StreamEntryId Last)> _ahead = [];

    private Seam(StreamEntryId floor) => Floor = floor;

    /// <summary>Everything at or below was done with.</summary>
    public StreamEntryId Floor { get; }

    /// <summary>Nothing behind it was done with.</summary>
    public StreamEntryId End => _ahead.Count == 0 ? Floor : _ahead[^1].Last;

    /// <summary>Reads <c>floor first last first last …</c>, ascending.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static Seam Parse(string text)
    {
        var ids = text.Split(' ').Select(Id).ToList();
        var seam = new Seam(ids[0]);
        for (var i = 1; i + 1 < ids.Count; i += 2) seam._ahead.Add((ids[i], ids[i + 1]));
        return seam;
    }

    /// <summary>Whether an entry was done with.</summary>
    public bool Holds(StreamEntryId id)
    {
        if (id <= Floor) return true;
        foreach (var (first, last) in _ahead)
        {
            if (id >= first && id <= last) return true;
        }

        return false;
    }

    private static StreamEntryId Id(string text) =>
        StreamEntryId.TryParse(Encoding.UTF8.GetBytes(text), out var id) ? id : throw new FormatException($"'{text}' in the seam of a rebuild is no entry id.");
}
