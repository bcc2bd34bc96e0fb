using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Reads all built-in counters in one atomic step, so that they belong to one moment: types add up to the total.</summary>
public sealed class AggregatesReader(StreamKeys keys, string group)
{
    private static readonly TimeSpan SessionRetainDefault = TimeSpan.FromHours(24);

    /// <summary>Number of commits so far; a cheap way to see whether anything changed.</summary>
    public async Task<long> ReadCommitsAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["HGET", keys.Meta, "commits"], cancellationToken);
        return reply.IsNull ? 0 : reply.AsInteger();
    }

    /// <summary>Reads everything.</summary>
    public async Task<AggregatesSnapshot> ReadAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var retain = await ReadSessionRetainAsync(connection, cancellationToken);
        var buckets = await LiveSessionBucketsAsync(connection, retain, cancellationToken);

        string[] call = ["FCALL_RO", "sg_read_v1", $"{3 + buckets.Count}", keys.Stream, keys.Meta, keys.Aggregates, .. buckets, group];
        var reply = await connection.ExecuteAsync(call, cancellationToken);
        return Build(reply[1].Items, Pairs(reply[2].Items), GroupStatus.From(reply[0]), reply[3].AsInteger(), retain);
    }

    /// <summary>Events of one session within the retention; null when it has none.</summary>
    public async Task<long?> ReadSessionAsync(RespConnection connection, string session, CancellationToken cancellationToken)
    {
        var retain = await ReadSessionRetainAsync(connection, cancellationToken);
        var field = BuiltInViews.Sessions(retain, int.MaxValue).Columns[0].FieldOf(session);
        long? events = null;
        foreach (var bucket in await LiveSessionBucketsAsync(connection, retain, cancellationToken))
        {
            var reply = await connection.ExecuteAsync(["HGET", bucket, field], cancellationToken);
            if (!reply.IsNull) events = (events ?? 0) + reply.AsInteger();
        }

        return events;
    }

    internal async Task<TimeSpan> ReadSessionRetainAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["HGET", keys.Meta, "session_retain_ms"], cancellationToken);
        return reply.IsNull ? SessionRetainDefault : TimeSpan.FromMilliseconds(reply.AsInteger());
    }

    /// <summary>Keys of the buckets that can be alive now, oldest first.</summary>
    internal async Task<IReadOnlyList<string>> LiveSessionBucketsAsync(RespConnection connection, TimeSpan retain, CancellationToken cancellationToken)
    {
        var time = await connection.ExecuteAsync(["TIME"], cancellationToken);
        var view = BuiltInViews.Sessions(retain, int.MaxValue);
        return [.. view.Tiers[0].LiveBucketsMs(time[0].AsInteger() * 1000).Select(startMs => keys.Bucket(view.Name, startMs))];
    }

    private static AggregatesSnapshot Build(IReadOnlyList<RespValue> counters, Dictionary<string, string> meta, GroupStatus status, long sessions, TimeSpan retain)
    {
        var types = new GroupCollector(BuiltInViews.EventTypes);
        var products = new GroupCollector(BuiltInViews.Products);
        long count = 0, valueMicros = 0;
        DateTimeOffset? updated = null;
        for (var i = 0; i + 1 < counters.Count; i += 2)
        {
            var field = counters[i].AsText();
            if (field == "last_updated")
                updated = DateTimeOffset.TryParse(counters[i + 1].AsText(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;
            else if (field == "total_count") count = GroupCollector.Counter(counters[i + 1]);
            else if (field == "total_value_micros") valueMicros = GroupCollector.Counter(counters[i + 1]);
            else if (!types.TryTake(field, counters[i + 1])) products.TryTake(field, counters[i + 1]);
        }

        return new AggregatesSnapshot
        {
            Commits = Number(meta, "commits"),
            TotalCount = count,
            TotalValueMicros = valueMicros,
            LastUpdated = updated,
            EventTypes = types.Sorted(),
            Products = products.Sorted(),
            SessionCount = sessions,
            SessionRetain = retain,
            Books = ReadBooks(meta),
            Group = status,
        };
    }

    private static Books ReadBooks(Dictionary<string, string> meta)
    {
        return new Books(
            Number(meta, "entries"), Number(meta, "events"), Number(meta, "dead_entries"), Number(meta, "dead_events"),
            Number(meta, "lost"), Number(meta, "late"), Number(meta, "clamped"), Number(meta, "residue"), Number(meta, "refused_below_floor"));
    }

    private static long Number(Dictionary<string, string> meta, string name) => long.TryParse(meta.GetValueOrDefault(name), out var value) ? value : 0;

    private static Dictionary<string, string> Pairs(IReadOnlyList<RespValue> flat)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < flat.Count; i += 2) result[flat[i].AsText()] = flat[i + 1].AsText();
        return result;
    }
}
