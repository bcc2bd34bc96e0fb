using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Reads the counters as anybody could with redis-cli, without the product's own readers.</summary>
internal static class CountersInRedis
{
    public static readonly StreamKeys Keys = new("events");

    /// <summary>Waits until nothing is pending or undelivered.</summary>
    public static Task WaitUntilDrainedAsync(RespConnection connection, TimeSpan? timeout = null) => Eventually.Async(
        async () => await StatusAsync(connection) is { GroupExists: true, OldestOpen: null }, "nothing is pending or undelivered", timeout ?? TimeSpan.FromSeconds(60));

    public static async Task<GroupStatus> StatusAsync(RespConnection connection)
    {
        await FunctionLibrary.EnsureLoadedAsync(connection, CancellationToken.None);
        return await new StreamGroup(Keys, "event_group").StatusAsync(connection, CancellationToken.None);
    }

    /// <summary>All counters, the sessions of all buckets added up.</summary>
    public static async Task<Counters> ReadAsync(RespConnection connection)
    {
        var counters = new Counters();
        foreach (var (name, value) in await HashAsync(connection, Keys.Aggregates))
        {
            if (name != "last_updated") counters.Add(name, value.AsInteger());
        }

        foreach (var bucket in (await connection.ExecuteAsync(["KEYS", "{events}:sessions:*"])).Items)
        {
            foreach (var (name, value) in await HashAsync(connection, bucket.AsText()))
            {
                if (name.StartsWith("session:", StringComparison.Ordinal)) counters.Add(name, value.AsInteger());
            }
        }

        return counters;
    }

    /// <summary>All differences between what was sent and what was counted, in the counters and in the books; empty when all is well.</summary>
    /// <param name="deadEntries">Entries that were to be dead-lettered.</param>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(RespConnection connection, Counters expected, long deadEntries = 0)
    {
        var books = await HashAsync(connection, Keys.Meta);
        var added = (await connection.ExecuteAsync(["XINFO", "STREAM", Keys.Stream])).Get("entries-added")!.AsInteger();
        var found = new List<string>(expected.DifferencesTo(await ReadAsync(connection)));
        Check("meta events", expected["total_count"], Book("events"));
        Check("meta entries", added - deadEntries, Book("entries"));
        Check("meta dead_entries", deadEntries, Book("dead_entries"));
        Check("dead letters", deadEntries, (await connection.ExecuteAsync(["XLEN", Keys.Dead])).AsInteger());
        foreach (var none in new[] { "dead_events", "lost", "late", "clamped", "residue", "refused_below_floor" }) Check("meta " + none, 0, Book(none));
        return found;

        long Book(string name) => books.TryGetValue(name, out var value) ? value.AsInteger() : 0;

        void Check(string name, long wanted, long actual)
        {
            if (wanted != actual) found.Add($"{name}: expected {wanted}, was {actual}");
        }
    }

    /// <summary>Counts the stream once more, entry by entry: an oracle where nobody saw the events being sent. Nothing may have been trimmed.</summary>
    public static async Task<Counters> RecountStreamAsync(RespConnection connection)
    {
        var counters = new Counters();
        var fields = new Events.ExtraFields();
        var from = "-";
        while (true)
        {
            var page = (await connection.ExecuteAsync(["XRANGE", Keys.Stream, from, "+", "COUNT", "500"])).Items;
            foreach (var entry in page)
            {
                from = "(" + entry[0].AsText();
                if (entry[1].Get("sg:frame") is { } frame) CountFrame(frame.AsBytes().Span);
                else Count(name => entry[1].Get(name)?.AsText());
            }

            if (page.Count == 0) return counters;
        }

        void CountFrame(ReadOnlySpan<byte> frame)
        {
            // Row by row, which is the way dead letters take, not the way counting takes.
            for (var row = 0; row < Events.FrameFormat.EventsMax && Events.FrameRow.TryRead(frame, row, fields); row++)
            {
                var names = new Dictionary<string, string>(StringComparer.Ordinal);
                for (var i = 0; i < fields.Count; i++) names[Utf8(fields.Name(i))] = Utf8(fields.Value(i));
                Count(names.GetValueOrDefault);
            }
        }

        void Count(Func<string, string?> field) => counters.Add(
            field("event_type")!, field("product"), field("session_id"), field("value") is { } value ? (long)(decimal.Parse(value) * 1_000_000) : 0);

        static string Utf8(ReadOnlySpan<byte> bytes) => global::System.Text.Encoding.UTF8.GetString(bytes);
    }

    private static async Task<Dictionary<string, RespValue>> HashAsync(RespConnection connection, string key)
    {
        var flat = (await connection.ExecuteAsync(["HGETALL", key])).Items;
        var result = new Dictionary<string, RespValue>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < flat.Count; i += 2) result[flat[i].AsText()] = flat[i + 1];
        return result;
    }
}
