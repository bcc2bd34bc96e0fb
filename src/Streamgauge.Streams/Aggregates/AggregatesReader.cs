using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Reads all built-in counters in one atomic step, so that they belong to one moment: types add up to the total.</summary>
public sealed class AggregatesReader(StreamKeys keys, string group)
{
    private static readonly TimeSpan SessionRetainDefault = TimeSpan.FromHours(24);
    private readonly CountersBuilder _builder = new();
    private readonly StreamGroup _group = new(keys, group);

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

        var request = new CountersRequest(keys, group, buckets, _builder);
        await connection.ExecuteAsync(request, timeout: null, cancellationToken);
        var dead = await new DeadLetterStream(connection, keys).ReadStatusAsync(cancellationToken);
        var undelivered = await _group.CountUndeliveredAsync(connection, cancellationToken);
        return Build(request, retain, dead, undelivered);
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

    private static AggregatesSnapshot Build(CountersRequest read, TimeSpan retain, DeadLetterStatus dead, long? undelivered)
    {
        var counters = read.Counters!;
        return new AggregatesSnapshot
        {
            Commits = Number(read.Meta, "commits"),
            TotalCount = counters.TotalCount,
            TotalValueMicros = counters.TotalValueMicros,
            LastUpdated = counters.LastUpdated,
            EventTypes = counters.EventTypes,
            Products = counters.Products,
            SessionCount = read.SessionCount,
            SessionRetain = retain,
            Books = ReadBooks(read.Meta),
            DeadLetters = dead,
            Group = read.Status!,
            Undelivered = undelivered,
        };
    }

    private static Books ReadBooks(IReadOnlyDictionary<string, string> meta)
    {
        return new Books(
            Number(meta, "entries"), Number(meta, "events"), Number(meta, "dead_entries"), Number(meta, "dead_events"),
            Number(meta, "dead_retried"), Number(meta, "dead_dropped"), Number(meta, "dead_evicted"),
            Number(meta, "lost"), Number(meta, "late"), Number(meta, "clamped"), Number(meta, "residue"), Number(meta, "refused_below_floor"));
    }

    private static long Number(IReadOnlyDictionary<string, string> meta, string name) => long.TryParse(meta.GetValueOrDefault(name), out var value) ? value : 0;
}
