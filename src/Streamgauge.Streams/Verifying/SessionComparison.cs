using System.Globalization;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Compares what is stored for a view of sessions with what the retained stream gives.</summary>
/// <param name="reachMs">Sessions of events after this moment were counted again whole, Unix milliseconds; 0 when all were. It is later than the events of every
/// entry that was trimmed, and than the retention the view had before.</param>
internal sealed class SessionComparison(SessionRule rule, CountedSessions counted, long reachMs)
{
    /// <param name="now">Redis's clock, not before the stored sessions were read.</param>
    public (VerifiedSessions Result, IEnumerable<Drift> Drifts) Compare(StoredSessions stored, DateTimeOffset now)
    {
        var isBeyondLimit = stored.OtherEvents > 0;
        var inReach = stored.All.Count(IsInReach);
        var result = new VerifiedSessions(stored.Name, inReach, stored.All.Count() - inReach, isBeyondLimit);
        return (result, stored.CompareWithin().Concat(isBeyondLimit ? CompareEvents(stored) : CompareSessions(stored, now)).Concat(CompareOther(stored, now)));
    }

    private IEnumerable<Drift> CompareSessions(StoredSessions stored, DateTimeOffset now)
    {
        foreach (var id in stored.Ids.Keys.Union(counted.Ids, StringComparer.Ordinal))
        {
            var found = stored.Ids.TryGetValue(id, out var kept) ? kept.Where(IsInReach).ToList() : [];
            var should = counted[id].Where(session => IsInReach(session) && (!MayBeForgotten(session, now) || found.Contains(session))).ToList();
            if (!should.SequenceEqual(found)) yield return new Drift($"{stored.Name}:sessions", id, Describe(should), Describe(found));
        }
    }

    // Events that found no room split and shorten sessions in the order they came; nothing can make one have more events than there were.
    private IEnumerable<Drift> CompareEvents(StoredSessions stored)
    {
        foreach (var (id, sessions) in stored.Ids)
        {
            var (found, most) = (sessions.Where(IsInReach).Sum(session => session.Events), counted[id].Sum(session => session.Events));
            if (found > most) yield return new Drift($"{stored.Name}:sessions", id, $"at most {most} events", $"{found} events");
        }
    }

    // As long as nothing was trimmed or can have been forgotten, every event is in a session or beyond the limit.
    private IEnumerable<Drift> CompareOther(StoredSessions stored, DateTimeOffset now)
    {
        if (reachMs > 0 || counted.All.Any(session => MayBeForgotten(session, now))) yield break;
        var should = counted.Events - stored.All.Sum(session => session.Events);
        if (should != stored.OtherEvents && should >= 0) yield return new Drift($"{stored.Name}:totals", "other_events", Text(should), Text(stored.OtherEvents));
    }

    // Nothing that was not counted again comes within a gap of it.
    private bool IsInReach(SessionOfId session) => reachMs == 0 || (session.Start - rule.Gap).ToUnixTimeMilliseconds() > reachMs;

    private bool MayBeForgotten(SessionOfId session, DateTimeOffset now) => session.End + rule.Gap + rule.Retain <= now;

    private static string? Describe(List<SessionOfId> sessions) => sessions.Count == 0 ? null
        : string.Join(", ", sessions.Select(session => $"{session.Start:HH:mm:ss.fff}–{session.End:HH:mm:ss.fff} {session.Events} events from {session.Entry} to {session.Exit}"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
