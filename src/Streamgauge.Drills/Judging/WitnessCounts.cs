using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>How often each single event was counted, and the counters beside, read as anybody could with redis-cli: without the product's own readers.</summary>
internal sealed class WitnessCounts
{
    private const string Prefix = "session:";
    private const string Suffix = ":events";

    /// <summary>By the id of the event, which is that of its session.</summary>
    public Dictionary<string, long> Events { get; } = new(StringComparer.Ordinal);

    /// <summary>The documented counters and the books, by field.</summary>
    public Dictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Books { get; } = new(StringComparer.Ordinal);

    public static async Task<WitnessCounts> ReadAsync(RespConnection connection, StreamKeys keys, CancellationToken cancellationToken)
    {
        var counts = new WitnessCounts();
        await AddAsync(connection, keys.Aggregates, counts.Counters, name => name, cancellationToken);
        await AddAsync(connection, keys.Meta, counts.Books, name => name, cancellationToken);
        var buckets = new HashSet<string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var page = await connection.ExecuteAsync(["SCAN", cursor, "MATCH", $"{{{keys.Stream}}}:sessions:*", "COUNT", "1000"], cancellationToken);
            buckets.UnionWith(page[1].Items.Select(key => key.AsText()));
            cursor = page[0].AsText();
        }
        while (cursor != "0");
        foreach (var bucket in buckets) await AddAsync(connection, bucket, counts.Events, EventOf, cancellationToken);
        return counts;
    }

    private static string? EventOf(string field) =>
        field.StartsWith(Prefix, StringComparison.Ordinal) && field.EndsWith(Suffix, StringComparison.Ordinal) ? field[Prefix.Length..^Suffix.Length] : null;

    private static async Task AddAsync(RespConnection connection, string key, Dictionary<string, long> target, Func<string, string?> nameOf, CancellationToken cancellationToken)
    {
        // In one reply: pages of HSCAN may show a field twice.
        var flat = (await connection.ExecuteAsync(new RespCommand("HGETALL", key), TimeSpan.FromSeconds(30), cancellationToken)).Items;
        for (var i = 0; i + 1 < flat.Count; i += 2)
        {
            if (nameOf(flat[i].AsText()) is { } name && long.TryParse(flat[i + 1].AsText(), out var number)) target[name] = target.GetValueOrDefault(name) + number;
        }
    }
}
