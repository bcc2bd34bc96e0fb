using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Entries that were dead-lettered unseen: to count the stream again they must be passed over, whatever became of their letters.</summary>
/// <remarks>
/// Those that could not be decoded need no list: they cannot be decoded now either. Read it after the seam it is meant for: then every entry that was
/// buried up to the seam is in it.
/// </remarks>
internal static class BuriedEntries
{
    public static async Task<HashSet<StreamEntryId>> ReadAsync(RespConnection connection, StreamKeys keys, CancellationToken cancellationToken)
    {
        var buried = new HashSet<StreamEntryId>();
        foreach (var item in (await connection.ExecuteAsync(["ZRANGE", keys.Uncounted, "0", "-1"], cancellationToken)).Items)
        {
            if (StreamEntryId.TryParse(item.AsBytes().Span, out var id)) buried.Add(id);
        }

        return buried;
    }
}
