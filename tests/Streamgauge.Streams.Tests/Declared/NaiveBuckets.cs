using System.Globalization;
using System.Text;
using Streamgauge.Events;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Declared;

/// <summary>What must be stored for a view, computed the slow way from the entries themselves; and what is stored.</summary>
internal static class NaiveBuckets
{
    /// <summary>Bucket name, field, value in hexadecimal.</summary>
    public static SortedDictionary<(string Bucket, string Field), string> Expected(CatalogView counted, IEnumerable<(StreamEntryId Id, string[] Fields)> entries, long nowMs)
    {
        var view = counted.Definition;
        var groups = new Dictionary<(string Bucket, string Group), List<Dictionary<string, string>>>();
        foreach (var (id, flat) in entries)
        {
            var fields = flat.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
            if (view.Filter is { } filter && !filter.Matches(fields.GetValueOrDefault)) continue;
            var timestampMs = fields.TryGetValue("ts", out var ts) ? long.Parse(ts, CultureInfo.InvariantCulture) : id.ArrivalMs;
            var group = string.Join(GroupKey.Separator, view.GroupBy.Select(field => fields.GetValueOrDefault(field, "")));
            foreach (var tier in view.Tiers)
            {
                var startMs = tier.EveryMs == 0 ? 0 : timestampMs - (timestampMs % tier.EveryMs);
                var expiryMs = tier.EveryMs == 0 ? long.MaxValue : startMs + tier.EveryMs + (long)tier.Retain.TotalMilliseconds;
                if (expiryMs <= id.ArrivalMs || expiryMs <= nowMs) continue;
                var key = (StreamKeys.BucketName(view.Name, counted.Generation, tier, startMs), group);
                if (!groups.TryGetValue(key, out var events)) groups.Add(key, events = []);
                events.Add(fields);
            }
        }

        var expected = new SortedDictionary<(string, string), string>();
        foreach (var bucket in groups.GroupBy(group => group.Key.Bucket)) expected[(bucket.Key, "groups")] = Hex(bucket.Count().ToString(CultureInfo.InvariantCulture));
        foreach (var ((bucket, group), events) in groups)
        {
            foreach (var column in view.Columns) AddCells(expected, bucket, group, column, events);
        }

        return expected;
    }

    public static async Task<SortedDictionary<(string Bucket, string Field), string>> StoredAsync(StreamRig rig, CatalogView counted)
    {
        var stored = new SortedDictionary<(string, string), string>();
        var names = await rig.RunAsync("ZRANGE", rig.Keys.Buckets, "0", "-1");
        foreach (var name in names.Items.Select(item => item.AsText()).Where(name => name.StartsWith($"{counted.Definition.Name}.{counted.Generation}:", StringComparison.Ordinal)))
        {
            var fields = await rig.RunAsync("HGETALL", rig.Keys.BucketKey(name));
            foreach (var pair in fields.Items.Chunk(2)) stored[(name, pair[0].AsText())] = Convert.ToHexString(pair[1].AsBytes().Span);
        }

        return stored;
    }

    /// <summary>The first differences, in words; empty when there are none.</summary>
    public static string Differences(SortedDictionary<(string Bucket, string Field), string> expected, SortedDictionary<(string Bucket, string Field), string> stored) =>
        string.Join("\n", expected.Keys.Union(stored.Keys)
            .Where(key => expected.GetValueOrDefault(key) != stored.GetValueOrDefault(key))
            .Select(key => $"{key.Bucket} {key.Field}: expected {Shown(expected.GetValueOrDefault(key))}, stored {Shown(stored.GetValueOrDefault(key))}").Take(5));

    private static void AddCells(SortedDictionary<(string, string), string> expected, string bucket, string group, ViewColumn column, List<Dictionary<string, string>> events)
    {
        var numbers = events.Select(fields => Number(fields.GetValueOrDefault(column.Field))).OfType<long>().ToList();
        var field = column.Prefix + group + column.Suffix;
        switch (column.Kind)
        {
            case ColumnKind.Count: Set(events.Count); break;
            case ColumnKind.Values when numbers.Count > 0: Set(numbers.Count); break;
            case ColumnKind.Sum: Set(numbers.Sum()); break;
            case ColumnKind.Min when numbers.Count > 0: Set(numbers.Min()); break;
            case ColumnKind.Max when numbers.Count > 0: Set(numbers.Max()); break;
            case ColumnKind.Histogram:
                foreach (var index in numbers.GroupBy(LogHistogram.IndexOf))
                    expected[(bucket, $"{column.Prefix}{index.Key}:{group}{column.Suffix}")] = Hex(index.Count().ToString(CultureInfo.InvariantCulture));
                break;
            case ColumnKind.Registers:
                var registers = new HyperLogLog();
                foreach (var value in events.Select(fields => fields.GetValueOrDefault(column.Field)).OfType<string>())
                {
                    var (register, rank) = HyperLogLog.Locate(Encoding.UTF8.GetBytes(value));
                    registers.Add(register, rank);
                }

                if (events.Exists(fields => fields.ContainsKey(column.Field))) expected[(bucket, field)] = Convert.ToHexString(registers.ToStored());
                break;
        }

        void Set(long number) => expected[(bucket, field)] = Hex(number.ToString(CultureInfo.InvariantCulture));
    }

    private static long? Number(string? text) => text is not null && FixedPoint.TryParse(Encoding.UTF8.GetBytes(text), out var micros) == EventFault.None ? micros : null;

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static string Shown(string? hex) => hex is null ? "nothing" : hex.Length > 60 ? $"{hex.Length / 2} bytes" : Encoding.UTF8.GetString(Convert.FromHexString(hex));
}
