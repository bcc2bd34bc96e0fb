using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Walks through all sessions page by page, newest bucket first, with bounded work per page.</summary>
/// <remarks>
/// <para>Promise, as <c>HSCAN</c>'s: a session that is there throughout the walk is listed at least once; without changes, exactly once.</para>
/// <para>
/// A session may stand in several buckets and is listed in the oldest of them, the one the walk reaches last. Listing it in the newest would
/// lose sessions: one that gets an event after the newest bucket was walked would be skipped in the older bucket and never be met again.
/// The other way round a late change lists it twice at worst. Only a bucket that expires before the walk reaches it could lose one; it is
/// always the oldest, so its end ends the walk (<see cref="ReadPageAsync"/> returns null).
/// </para>
/// </remarks>
public sealed class SessionsReader(StreamKeys keys, string group)
{
    private const int RoundsMax = 32; // HSCAN calls per page: a page of sessions that are all listed elsewhere must end too
    private const int ScanCountMin = 10; // Redis's own default
    private const int ScanCountMax = 1_000;
    private readonly AggregatesReader _aggregates = new(keys, group);

    /// <summary>Reads the next page.</summary>
    /// <param name="connection">May be shared: every command stands alone.</param>
    /// <param name="cursor">Null for the first page.</param>
    /// <param name="count">Sessions wanted. A page may hold more, because Redis returns a small hash whole, or fewer; only <see cref="SessionsPage.Next"/> says whether there are more.</param>
    /// <returns>Null when the cursor's buckets have expired: begin again without a cursor.</returns>
    public async Task<SessionsPage?> ReadPageAsync(RespConnection connection, SessionCursor? cursor, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var buckets = await ReadBucketsAsync(connection, cancellationToken);
        if (buckets.Count == 0) return cursor is null ? SessionsPage.Empty : null;

        var oldestMs = cursor?.OldestMs ?? buckets[^1].StartMs;
        var at = cursor is { } from ? buckets.FindIndex(bucket => bucket.StartMs == from.BucketMs) : 0;
        if (at < 0 || buckets[at].StartMs < oldestMs) return null;

        var position = cursor?.Position ?? 0;
        var items = new List<SessionTotal>();
        for (var round = 0; round < RoundsMax && items.Count < count && IsWalked(at); round++)
        {
            var scanCount = Math.Clamp(count - items.Count, ScanCountMin, ScanCountMax);
            var reply = await connection.ExecuteAsync(["HSCAN", buckets[at].Key, position.ToString(), "COUNT", scanCount.ToString()], cancellationToken);
            await ListAsync(connection, buckets, at, oldestMs, reply[1].Items, items, cancellationToken);
            position = ulong.Parse(reply[0].AsText(), NumberStyles.None, CultureInfo.InvariantCulture);
            if (position == 0) at++;
        }

        // Asked last: a bucket that exists now existed all the while.
        var oldest = buckets.Find(bucket => bucket.StartMs == oldestMs).Key;
        if (oldest is null || (await connection.ExecuteAsync(["EXISTS", oldest], cancellationToken)).AsInteger() == 0) return null;
        return new SessionsPage(items, IsWalked(at) ? new SessionCursor(oldestMs, buckets[at].StartMs, position) : null);

        // A bucket older than the oldest of the beginning came later; its sessions were not there throughout.
        bool IsWalked(int index) => index < buckets.Count && buckets[index].StartMs >= oldestMs;
    }

    /// <summary>Adds those of the scanned sessions that no older bucket will list, with the events of all buckets.</summary>
    private static async Task ListAsync(
        RespConnection connection, List<Bucket> buckets, int at, long oldestMs, IReadOnlyList<RespValue> scanned, List<SessionTotal> items, CancellationToken cancellationToken)
    {
        var column = BuiltInViews.Sessions(TimeSpan.FromHours(1), int.MaxValue).Columns[0];
        var found = new List<(RespValue Field, string Id, long Events)>();
        for (var i = 0; i + 1 < scanned.Count; i += 2)
        {
            if (column.GroupOf(scanned[i].AsText()) is { Length: > 0 } id) found.Add((scanned[i], id, scanned[i + 1].AsInteger())); // all but "continued"
        }

        if (found.Count == 0) return;
        var others = buckets.Where((_, index) => index != at).ToList();
        var replies = await Task.WhenAll(others.Select(bucket =>
        {
            var command = new RespCommand("HMGET", bucket.Key);
            foreach (var session in found) command.Add(session.Field.AsBytes());
            return connection.ExecuteAsync(command, ct: cancellationToken);
        }));
        for (var i = 0; i < found.Count; i++)
        {
            var events = found[i].Events;
            var isListedLater = false;
            for (var other = 0; other < others.Count; other++)
            {
                var value = replies[other][i];
                if (value.IsNull) continue;
                events += value.AsInteger();
                isListedLater |= others[other].StartMs < buckets[at].StartMs && others[other].StartMs >= oldestMs;
            }

            if (!isListedLater) items.Add(new SessionTotal(found[i].Id, events));
        }
    }

    /// <summary>The buckets that exist, newest first.</summary>
    private async Task<List<Bucket>> ReadBucketsAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var retain = await _aggregates.ReadSessionRetainAsync(connection, cancellationToken);
        var live = await _aggregates.LiveSessionBucketsAsync(connection, retain, cancellationToken);
        var exists = await Task.WhenAll(live.Select(key => connection.ExecuteAsync(["EXISTS", key], cancellationToken)));
        var buckets = live.Where((_, index) => exists[index].AsInteger() == 1).Select(key => new Bucket(key, long.Parse(key[(key.LastIndexOf(':') + 1)..]))).ToList();
        buckets.Reverse();
        return buckets;
    }

    private readonly record struct Bucket(string Key, long StartMs);
}
