using System.Globalization;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Sessions;

/// <summary>What must be stored for a view of sessions, computed the slow way from the entries themselves; and what is stored.</summary>
internal static class NaiveSessions
{
    private static readonly long[] DurationBounds = [0, 10_000, 30_000, 60_000, 180_000, 600_000, 1_800_000, 3_600_000, 10_800_000];
    private static readonly long[] EventBounds = [1, 2, 3, 5, 10, 20, 50, 100];

    /// <summary>All sessions of all ids: the events of an id sorted by time and split where more than the gap lies between two.</summary>
    /// <param name="forgottenMs">Sessions that ended longer than the retention before this are left out.</param>
    public static List<(string Id, SessionOfId Session)> Sessions(ViewDefinition view, IEnumerable<(StreamEntryId Id, string[] Fields)> entries, long forgottenMs = 0)
    {
        var rule = view.Sessions!;
        var events = new Dictionary<string, List<(long Ms, string Type)>>();
        foreach (var (entry, flat) in entries)
        {
            var fields = flat.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
            if (view.Filter is { } filter && !filter.Matches(fields.GetValueOrDefault)) continue;
            if (!fields.TryGetValue(rule.By, out var id)) continue;
            var ms = long.Parse(fields["ts"], CultureInfo.InvariantCulture);
            if (entry.ArrivalMs - ms >= rule.RetainMs) continue;
            if (!events.TryGetValue(id, out var list)) events.Add(id, list = []);
            list.Add((ms, fields["event_type"]));
        }

        var sessions = new List<(string, SessionOfId)>();
        foreach (var (id, list) in events)
        {
            var sorted = list.OrderBy(one => one.Ms).ThenBy(one => one.Type, StringComparer.Ordinal).ToList();
            for (var first = 0; first < sorted.Count;)
            {
                var last = first;
                while (last + 1 < sorted.Count && sorted[last + 1].Ms - sorted[last].Ms <= rule.GapMs) last++;
                if (sorted[last].Ms + rule.GapMs + rule.RetainMs > forgottenMs)
                    sessions.Add((id, new SessionOfId(Time(sorted[first].Ms), Time(sorted[last].Ms), last - first + 1, sorted[first].Type, sorted[last].Type)));
                first = last + 1;
            }
        }

        return sessions;
    }

    /// <summary>Every field of the three keys of a view that keeps these sessions.</summary>
    public static SortedDictionary<(string Key, string Field), string> Stored(ViewDefinition view, IReadOnlyList<(string Id, SessionOfId Session)> sessions)
    {
        var stored = new SortedDictionary<(string, string), string> { [("totals", "gap_ms")] = Text(view.Sessions!.GapMs), [("totals", "retain_ms")] = Text(view.Sessions.RetainMs) };
        foreach (var id in sessions.GroupBy(one => one.Id))
        {
            stored[("sessions", id.Key)] = string.Join('\u001e', id.OrderBy(one => one.Session.Start).Select(one =>
                string.Join('\u001f', Text(Ms(one.Session.Start)), Text(Ms(one.Session.End)), Text(one.Session.Events), one.Session.Entry, one.Session.Exit)));
            foreach (var (_, session) in id) stored[("ends", $"{id.Key}\u001f{Ms(session.Start)}")] = Text(Ms(session.End));
        }

        Set("sessions", sessions.Count);
        Set("events", sessions.Sum(one => one.Session.Events));
        Set("duration_ms", sessions.Sum(one => (long)one.Session.Duration.TotalMilliseconds));
        Count("duration:", one => Bound((long)one.Duration.TotalMilliseconds, DurationBounds));
        Count("events:", one => Bound(one.Events, EventBounds));
        Set("entry_types", Count("entry:", one => one.Entry));
        Set("exit_types", Count("exit:", one => one.Exit));
        return stored;

        int Count(string prefix, Func<SessionOfId, string> by)
        {
            var groups = sessions.GroupBy(one => by(one.Session)).ToList();
            foreach (var group in groups) Set(prefix + group.Key, group.Count());
            return groups.Count;
        }

        void Set(string field, long number)
        {
            if (number != 0) stored[("totals", field)] = Text(number);
        }
    }

    public static async Task<SortedDictionary<(string Key, string Field), string>> StoredAsync(StreamRig rig, CatalogView view)
    {
        var stored = new SortedDictionary<(string, string), string>();
        var (sessions, ends, totals) = StreamKeys.SessionNames(view.Definition.Name, view.Generation);
        foreach (var pair in (await rig.RunAsync("HGETALL", rig.Keys.BucketKey(sessions))).Items.Chunk(2)) stored[("sessions", pair[0].AsText())] = pair[1].AsText();
        foreach (var pair in (await rig.RunAsync("ZRANGE", rig.Keys.BucketKey(ends), "0", "-1", "WITHSCORES")).Items.Chunk(2)) stored[("ends", pair[0].AsText())] = pair[1].AsText();
        foreach (var pair in (await rig.RunAsync("HGETALL", rig.Keys.BucketKey(totals))).Items.Chunk(2)) stored[("totals", pair[0].AsText())] = pair[0].AsText() == "hidden" ? Convert.ToHexString(pair[1].AsBytes().Span) : pair[1].AsText();
        return stored;
    }

    /// <summary>Fails with the first differences between what is stored and what a naive count gives.</summary>
    public static async Task AssertExactAsync(StreamRig rig, CatalogView view, IEnumerable<(StreamEntryId Id, string[] Fields)> entries, string hint, long forgottenMs = 0)
    {
        var sessions = Sessions(view.Definition, entries, forgottenMs);
        Assert.True(sessions.Count > 0, $"{hint}: a test without sessions proves nothing");
        var (expected, stored) = (Stored(view.Definition, sessions), await StoredAsync(rig, view));
        var differences = string.Join("\n", expected.Keys.Union(stored.Keys).Where(key => expected.GetValueOrDefault(key) != stored.GetValueOrDefault(key))
            .Select(key => $"{key}: expected {expected.GetValueOrDefault(key)}, stored {stored.GetValueOrDefault(key)}").Take(5));
        Assert.True(differences.Length == 0, $"{hint}, {view.Definition.Name}: {differences}");
    }

    private static string Bound(long number, long[] bounds) => bounds.Where(bound => number <= bound).Select(Text).FirstOrDefault("more");

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
