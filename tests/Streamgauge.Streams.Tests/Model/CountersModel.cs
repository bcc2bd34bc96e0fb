using System.Globalization;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>Aggregates and books: what a batch adds to them.</summary>
internal sealed class CountersModel(long nowMs)
{
    private const string Other = "(other)";
    private readonly Dictionary<string, HashSet<string>> _hidden = [];

    /// <summary>Hashes by the last part of their key: <c>aggregates</c>, <c>meta</c>, <c>sessions:0</c> …</summary>
    public Dictionary<string, SortedDictionary<string, string>> Hashes { get; } = [];

    /// <summary>Buckets by the number of the commit that changed them last.</summary>
    public SortedDictionary<string, long> Buckets { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Hash(string key)
    {
        if (!Hashes.TryGetValue(key, out var hash)) Hashes[key] = hash = new SortedDictionary<string, string>(StringComparer.Ordinal);
        return hash;
    }

    /// <summary>Names beyond the budget, by the field that holds their registers: as many registers as names, for these names.</summary>
    public IEnumerable<(string Field, int Names)> Hidden => _hidden.Select(pair => (pair.Key, pair.Value.Count));

    public long Meta(string field) => Hash("meta").TryGetValue(field, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Adds to a counter. One that holds no number, or would leave 64 bits, stays as it is and is reported as residue.</summary>
    public void Add(string key, string field, long by)
    {
        var hash = Hash(key);
        var known = hash.GetValueOrDefault(field, "0");
        if (long.TryParse(known, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && (Int128)number + by is var sum && sum >= long.MinValue && sum <= long.MaxValue)
            hash[field] = ((long)sum).ToString(CultureInfo.InvariantCulture);
        else
            Add("meta", "residue", 1);
    }

    /// <summary>Counts a commit and, of the events it brings, each in every view it belongs to.</summary>
    /// <param name="events">Events with the arrival of their entry.</param>
    public void Count(IReadOnlyList<(ModelEvent Event, long ArrivalMs)> events, string updated)
    {
        Add("meta", "commits", 1);
        Buckets["aggregates"] = Meta("commits");
        var timed = events.Select(pair => (pair.Event, TimeMs: pair.Event.TimestampMs > pair.ArrivalMs + 300_000 ? pair.ArrivalMs : pair.Event.TimestampMs)).ToList();
        var clamped = timed.Count(pair => pair.TimeMs != pair.Event.TimestampMs);
        if (clamped > 0) Add("meta", "clamped", clamped);
        if (timed.Count > 0) CountInViews(timed, updated);
        var newest = timed.Select(pair => pair.TimeMs).DefaultIfEmpty(0).Max();
        if (newest > Meta("newest_event_ms")) Hash("meta")["newest_event_ms"] = newest.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Counts a commit that adds so many to <c>total_count</c> and knows of no events.</summary>
    public void CountTotal(long count, string updated)
    {
        Add("meta", "commits", 1);
        Buckets["aggregates"] = Meta("commits");
        AddRow("aggregates", "total", "total_count", count);
        Hash("aggregates")["last_updated"] = updated;
    }

    /// <summary>Forgets the names of buckets that are not there, as after commits that had dead letters only.</summary>
    public void ForgetBuckets()
    {
        foreach (var bucket in Buckets.Keys.Where(bucket => !Hashes.ContainsKey(bucket)).ToList()) Buckets.Remove(bucket);
    }

    private void CountInViews(List<(ModelEvent Event, long TimeMs)> events, string updated)
    {
        var all = events.Select(pair => pair.Event).ToList();
        AddRow("aggregates", "total", "total_count", all.Count);
        Add("aggregates", "total_value_micros", all.Sum(one => one.ValueMicros ?? 0));
        CountGroups("aggregates", "event_types", all, one => one.Type, "type:", ":count", ":value_micros");
        CountGroups("aggregates", "products", all.Where(one => one.Product is not null), one => one.Product!, "product:", ":count");
        Hash("aggregates")["last_updated"] = updated;

        var late = 0;
        foreach (var bucket in events.Where(pair => pair.Event.Session is not null).GroupBy(pair => ModelViews.SessionBucket(pair.TimeMs, nowMs)))
        {
            if (bucket.Key is { } startMs) CountGroups($"sessions:{startMs}", "", bucket.Select(pair => pair.Event), one => one.Session!, "session:", ":events");
            else late += bucket.Count();
        }

        CountSales("sales.1:all", all);
        foreach (var bucket in events.GroupBy(pair => ModelViews.SalesHour(pair.TimeMs, nowMs)))
        {
            if (bucket.Key is { } startMs) CountSales($"sales.1:1h:{startMs}", bucket.Select(pair => pair.Event));
            else late += bucket.Count();
        }

        if (late > 0) Add("meta", "late", late);
    }

    private void CountSales(string bucket, IEnumerable<ModelEvent> events)
    {
        foreach (var row in events.GroupBy(one => one.Product ?? ""))
        {
            if (!Hash(bucket).ContainsKey($"count:{row.Key}")) Add(bucket, "groups", 1);
            Add(bucket, $"count:{row.Key}", row.Count());
            Add(bucket, $"sum(value):{row.Key}", row.Sum(one => one.ValueMicros ?? 0));
            var field = $"max(value):{row.Key}";
            if (row.Max(one => one.ValueMicros) is { } max && (!Hash(bucket).TryGetValue(field, out var known) || long.Parse(known, CultureInfo.InvariantCulture) < max))
                Hash(bucket)[field] = max.ToString(CultureInfo.InvariantCulture);
        }

        Buckets[bucket] = Meta("commits");
    }

    // A group beyond the budget is counted with the others; its name is only estimated.
    private void CountGroups(string key, string view, IEnumerable<ModelEvent> events, Func<ModelEvent, string> groupOf, string prefix, string countSuffix, string? sumSuffix = null)
    {
        var (owner, suffix) = view.Length == 0 ? (key, "") : ("meta", $":{view}");
        foreach (var row in events.GroupBy(groupOf))
        {
            var group = row.Key;
            if (!Hash(key).ContainsKey(prefix + group + countSuffix) && long.Parse(Hash(owner).GetValueOrDefault($"groups{suffix}", "0"), CultureInfo.InvariantCulture) >= ModelViews.GroupsMax)
            {
                var hidden = $"{owner}.hidden{suffix}";
                if (!_hidden.TryGetValue(hidden, out var names)) _hidden[hidden] = names = [];
                names.Add(group);
                group = Other;
            }

            if (group == Other) Add(key, prefix + group + countSuffix, row.Count());
            else AddRow(key, view, prefix + group + countSuffix, row.Count());
            if (sumSuffix is not null) Add(key, prefix + group + sumSuffix, row.Sum(one => one.ValueMicros ?? 0));
        }
    }

    private void AddRow(string key, string view, string field, long count)
    {
        var isNew = !Hash(key).ContainsKey(field);
        Add(key, field, count);
        if (isNew) Add(view.Length == 0 ? key : "meta", view.Length == 0 ? "groups" : $"groups:{view}", 1);
    }
}
