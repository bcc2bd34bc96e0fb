using System.Text;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>The sessions a view must keep, counted again from the stream; those that may be forgotten meanwhile are among them.</summary>
internal sealed class CountedSessions(SessionRule rule)
{
    private readonly Dictionary<string, List<SessionOfId>> _ids = new(StringComparer.Ordinal); // those of an id ascend and are more than a gap apart

    /// <summary>Sessions held.</summary>
    public int Count { get; private set; }

    /// <summary>Events of all of them.</summary>
    public long Events { get; private set; }

    public IEnumerable<string> Ids => _ids.Keys;

    public IEnumerable<SessionOfId> All => _ids.Values.SelectMany(sessions => sessions);

    public IReadOnlyList<SessionOfId> this[string id] => _ids.TryGetValue(id, out var sessions) ? sessions : [];

    /// <summary>Adds what a batch adds, in whatever order batches come.</summary>
    public void Add(SessionDeltas deltas)
    {
        foreach (var (id, first, count) in deltas.Ids)
        {
            var name = Encoding.UTF8.GetString(deltas.Name(id));
            if (!_ids.TryGetValue(name, out var sessions)) _ids.Add(name, sessions = []);
            Count -= sessions.Count;
            for (var part = first; part < first + count; part++)
            {
                Events += deltas[part].Events;
                Place(sessions, SessionOf(deltas, deltas[part]));
            }

            Count += sessions.Count;
        }
    }

    private static SessionOfId SessionOf(SessionDeltas deltas, SessionPart part) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(part.StartMs), DateTimeOffset.FromUnixTimeMilliseconds(part.EndMs), part.Events,
            Encoding.UTF8.GetString(deltas.TypeName(part.Entry)), Encoding.UTF8.GetString(deltas.TypeName(part.Exit)));

    // Everything at most a gap away becomes one session with it.
    private void Place(List<SessionOfId> sessions, SessionOfId session)
    {
        var at = sessions.Count;
        while (at > 0 && sessions[at - 1].End + rule.Gap >= session.Start)
        {
            at--;
            if (sessions[at].Start > session.End + rule.Gap) continue;
            session = Join(session, sessions[at]);
            sessions.RemoveAt(at);
        }

        sessions.Insert(at, session);
    }

    private static SessionOfId Join(SessionOfId one, SessionOfId other) => new(
        one.Start < other.Start ? one.Start : other.Start,
        one.End > other.End ? one.End : other.End,
        one.Events + other.Events,
        one.Start < other.Start || (one.Start == other.Start && Order(one.Entry, other.Entry) <= 0) ? one.Entry : other.Entry,
        one.End > other.End || (one.End == other.End && Order(one.Exit, other.Exit) >= 0) ? one.Exit : other.Exit);

    // Byte by byte, as Redis compares; UTF-16 orders some characters differently.
    private static int Order(string one, string other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));
}
