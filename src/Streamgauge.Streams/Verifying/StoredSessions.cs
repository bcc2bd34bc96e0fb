using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>The three keys of a view of sessions at one moment.</summary>
/// <param name="view">The view as in the names of its keys: <c>visits.1</c>.</param>
internal sealed class StoredSessions(string view)
{
    private readonly Dictionary<string, List<SessionOfId>> _ids = new(StringComparer.Ordinal);
    private readonly List<Drift> _unreadable = [];
    private Dictionary<string, string> _ends = [];
    private Dictionary<string, string> _totals = [];

    public string Name => view;

    public IReadOnlyDictionary<string, List<SessionOfId>> Ids => _ids;

    /// <summary>Events beyond the view's limit since it began; from the first on, which sessions are kept depends on the order of arrival.</summary>
    public long OtherEvents => Number("other_events");

    public IEnumerable<SessionOfId> All => _ids.Values.SelectMany(sessions => sessions);

    public static StoredSessions Read(string view, IReadOnlyList<RespValue> sessions, IReadOnlyList<RespValue> ends, IReadOnlyList<RespValue> totals)
    {
        var stored = new StoredSessions(view) { _ends = Flat(ends), _totals = Flat(totals) };
        foreach (var (id, text) in Flat(sessions))
        {
            var parsed = SessionOfId.ParseAll(text).ToList();
            if (parsed.Contains(null)) stored._unreadable.Add(new Drift($"{view}:sessions", id, "sessions", "something else"));
            stored._ids.Add(id, [.. parsed.OfType<SessionOfId>()]);
        }

        return stored;
    }

    /// <summary>Where the keys contradict each other: ends and totals follow from the sessions kept, whatever the stream still has.</summary>
    public IEnumerable<Drift> CompareWithin() => _unreadable.Concat(Compare($"{view}:ends", ExpectedEnds(), _ends)).Concat(Compare($"{view}:totals", ExpectedTotals(), ComparableTotals()));

    private static IEnumerable<Drift> Compare(string key, Dictionary<string, string> expected, Dictionary<string, string> found) =>
        from field in expected.Keys.Union(found.Keys, StringComparer.Ordinal)
        let should = expected.GetValueOrDefault(field)
        let does = found.GetValueOrDefault(field)
        where should != does
        select new Drift(key, field, should, does);

    private Dictionary<string, string> ExpectedEnds()
    {
        var ends = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, sessions) in _ids)
        {
            foreach (var session in sessions) ends[$"{id}{SessionOfId.FieldSeparator}{session.Start.ToUnixTimeMilliseconds()}"] = Text(session.End.ToUnixTimeMilliseconds());
        }

        return ends;
    }

    private Dictionary<string, string> ExpectedTotals()
    {
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var session in All)
        {
            Add("sessions", 1);
            Add("events", session.Events);
            Add("duration_ms", (long)session.Duration.TotalMilliseconds);
            Add($"duration:{Bound(session.Duration.TotalMilliseconds, SessionTotals.DurationBounds.Select(bound => bound.TotalMilliseconds))}", 1);
            Add($"events:{Bound(session.Events, SessionTotals.EventCountBounds.Select(bound => (double)bound))}", 1);
            Add(FieldOfType("entry", session.Entry), 1);
            Add(FieldOfType("exit", session.Exit), 1);
        }

        // How many types have a field of their own follows from the fields, which are compared themselves.
        foreach (var kind in (string[])["entry", "exit"]) Add($"{kind}_types", _totals.Keys.Count(field => field.StartsWith($"{kind}:", StringComparison.Ordinal) && field != $"{kind}:{GroupKey.Other}"));
        return totals.Where(pair => pair.Value != 0).ToDictionary(pair => pair.Key, pair => Text(pair.Value), StringComparer.Ordinal);

        void Add(string field, long by) => totals[field] = totals.GetValueOrDefault(field) + by;
    }

    // Of totals that say nothing about the sessions kept, the rule is the catalog's and what was beyond the limit is compared with the stream.
    private Dictionary<string, string> ComparableTotals()
    {
        var totals = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, value) in _totals.Where(pair => pair.Key is not ("gap_ms" or "retain_ms" or "other_events" or "hidden")))
        {
            var kind = field.Split(':')[0];
            var name = kind is "entry" or "exit" && field.Length > kind.Length ? FieldOfType(kind, field[(kind.Length + 1)..]) : field;
            totals[name] = totals.TryGetValue(name, out var other) ? Text(Whole(other) + Whole(value)) : value;
        }

        return totals;
    }

    // Which types have a field of their own depends on the order of arrival once they are more than can have one; together they are exact.
    private string FieldOfType(string kind, string type) => _totals.ContainsKey($"{kind}:{GroupKey.Other}") ? $"{kind}: all types together" : $"{kind}:{type}";

    private long Number(string field) => Whole(_totals.GetValueOrDefault(field));

    private static long Whole(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Bound(double number, IEnumerable<double> bounds) => bounds.Where(bound => number <= bound).Select(bound => bound.ToString(CultureInfo.InvariantCulture)).FirstOrDefault("more");

    private static Dictionary<string, string> Flat(IReadOnlyList<RespValue> values) => StoredFields.ByName(values).ToDictionary(pair => pair.Key, pair => pair.Value.AsText(), StringComparer.Ordinal);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
