using System.Globalization;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>What differs between the model and the server.</summary>
internal static class StateComparison
{
    private const string Ahead = "meta.ahead";

    /// <summary>Differences, one a line; empty when there are none.</summary>
    public static string Differences(LibraryModel model, Dictionary<string, string> actual)
    {
        var expected = Describe(model);
        var ahead = actual.GetValueOrDefault(Ahead, "");
        actual.Remove(Ahead); // many ranges may say the same
        var differences = expected.Keys.Union(actual.Keys).Where(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name}: expected {expected.GetValueOrDefault(name) ?? "nothing"}, is {actual.GetValueOrDefault(name) ?? "nothing"}")
            .ToList();
        if (differences.Count == 0) differences.AddRange(CompareDone(model, ahead));
        return string.Join('\n', differences);
    }

    // Floor and ranges must cover what is done with and still in the stream, and nothing else: that is how the library keeps an entry from being counted twice.
    private static IEnumerable<string> CompareDone(LibraryModel model, string ahead)
    {
        var ranges = ahead.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Id).Chunk(2).ToList();
        foreach (var entry in model.Stream.Values)
        {
            var isCovered = entry.Id <= (model.Floor ?? default) || ranges.Exists(range => range[0] <= entry.Id && entry.Id <= range[1]);
            if (isCovered != entry.IsDone) yield return $"entry {entry.Number} ({entry.Id}) is {entry.Fate}, and {(isCovered ? "within" : "beyond")} floor {model.Floor} and ranges '{ahead}'";
        }

        var ends = ranges.SelectMany(range => range).ToList();
        if (ends.Zip(ends.Skip(1)).Where((_, at) => at % 2 == 1).Any(pair => pair.Second <= pair.First) || ranges.Exists(range => range[1] < range[0])) yield return $"ranges ahead of the floor are out of order: '{ahead}'";
    }

    private static Dictionary<string, string> Describe(LibraryModel model)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, hash) in model.Counters.Hashes)
        {
            foreach (var (field, value) in hash) lines[$"{key}.{field}"] = value;
        }

        foreach (var (field, names) in model.Counters.Hidden) lines[field] = $"{names} names";
        foreach (var (bucket, commits) in model.Counters.Buckets) lines[$"buckets.{bucket}"] = commits.ToString(CultureInfo.InvariantCulture);
        foreach (var (producer, (sequence, seenMs)) in model.Producers) lines[$"producers.{producer}"] = $"{sequence} {seenMs}";
        if (model.Floor is { } floor) lines["meta.floor"] = floor.ToString();
        if (model.ViewsVersion > 0) lines["meta.views_version"] = model.ViewsVersion.ToString(CultureInfo.InvariantCulture);
        if (model.ViewsVersion > 0) lines["views"] = "string";
        if (model.DeadLetters.Count > 0) lines["dead"] = string.Join(", ", model.DeadLetters);
        foreach (var id in model.Uncounted) lines[$"uncounted.{id}"] = id.Ms.ToString(CultureInfo.InvariantCulture);
        DescribeContinued(model, lines);
        if (!model.HasStream) return lines;
        lines["stream"] = string.Join(' ', model.Stream.Keys);
        if (!model.HasGroup) return lines;
        lines["delivered"] = model.Delivered.ToString();
        lines["pending"] = string.Join(' ', model.Pending.Select(pair => $"{pair.Key}:{pair.Value.Owner}:{pair.Value.Deliveries}"));
        lines["consumers"] = string.Join(' ', model.Consumers);
        return lines;
    }

    // Each bucket of sessions says how many of its sessions stand in a later one too.
    private static void DescribeContinued(LibraryModel model, Dictionary<string, string> lines)
    {
        var buckets = model.Counters.Hashes.Where(pair => pair.Key.StartsWith("sessions:", StringComparison.Ordinal)).OrderBy(pair => long.Parse(pair.Key[9..], CultureInfo.InvariantCulture)).ToList();
        for (var b = 0; b < buckets.Count; b++)
        {
            var later = buckets.Skip(b + 1).SelectMany(bucket => bucket.Value.Keys).ToHashSet(StringComparer.Ordinal);
            var continued = buckets[b].Value.Keys.Count(field => field.StartsWith("session:s", StringComparison.Ordinal) && later.Contains(field));
            if (continued > 0) lines[$"{buckets[b].Key}.continued"] = continued.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static StreamEntryId Id(string text) => StreamEntryId.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var id) ? id : throw new FormatException($"'{text}' is no entry id.");
}
