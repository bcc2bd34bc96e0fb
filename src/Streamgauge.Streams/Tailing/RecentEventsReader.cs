using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Reads the newest events of a stream, backwards and in pages, until enough are found or a bound is met.</summary>
public sealed class RecentEventsReader(StreamKeys keys, TailLimits limits)
{
    private const int FirstPageEntries = 4; // a frame holds hundreds of events, so a few entries are often enough
    private const int PageEntriesMax = 256;
    private const int PageBytes = 1024 * 1024;

    /// <param name="connection">May be shared: every command stands alone.</param>
    /// <param name="filter">Null takes every event.</param>
    /// <param name="count">Events wanted, 0 to <see cref="TailLimits.EventsMax"/>.</param>
    public async Task<RecentEvents> ReadAsync(RespConnection connection, EventFilter? filter, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, TailLimits.EventsMax);
        var unpacker = new EntryUnpacker(filter);
        var items = new List<TailedEvent>();
        StreamEntryId? newest = null;
        var scanned = 0;
        var bytes = 0L;
        var end = "+";
        var page = FirstPageEntries;
        while (true)
        {
            var entries = (await connection.ExecuteAsync(["XREVRANGE", keys.Stream, end, "-", "COUNT", page.ToString()], cancellationToken)).Items;
            foreach (var entry in entries)
            {
                scanned++;
                bytes += BytesOf(entry);
                if (newest is null && StreamEntryId.TryParse(entry[0].AsBytes().Span, out var id)) newest = id;
                if (items.Count < count) unpacker.Unpack(entry, newestFirst: true, count - items.Count, items);
            }

            var isAtStart = entries.Count < page;
            if (isAtStart || items.Count >= count) return new RecentEvents(items, newest, scanned, unpacker.FaultyCount, IsComplete: true);
            if (scanned >= limits.EntriesMax || bytes >= limits.BytesMax) return new RecentEvents(items, newest, scanned, unpacker.FaultyCount, IsComplete: false);
            end = "(" + entries[^1][0].AsText();
            page = NextPage(page, scanned, bytes);
        }
    }

    // Grows while entries are small, so that neither a thousand plain entries nor a few large frames make a long reply.
    private int NextPage(int page, int scanned, long bytes)
    {
        var fitting = (int)Math.Min(PageEntriesMax, PageBytes / Math.Max(1, bytes / scanned));
        return Math.Max(1, Math.Min(Math.Min(page * 4, fitting), limits.EntriesMax - scanned));
    }

    private static long BytesOf(RespValue entry)
    {
        var bytes = 0L;
        foreach (var field in entry[1].Items) bytes += field.AsBytes().Length;
        return bytes;
    }
}
