using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>What is left of a stream, and when.</summary>
internal static class RetainedStream
{
    /// <summary>The oldest entry still there; 0-0 when the stream has everything it ever had. A stream that was emptied gives its newest id.</summary>
    public static async Task<StreamEntryId> ReadOldestAsync(RespConnection connection, StreamKeys keys, CancellationToken cancellationToken)
    {
        if ((await connection.ExecuteAsync(["EXISTS", keys.Stream], cancellationToken)).AsInteger() == 0) return default;
        var info = await connection.ExecuteAsync(["XINFO", "STREAM", keys.Stream], cancellationToken);
        var fields = info.Items.Chunk(2).ToDictionary(pair => pair[0].AsText(), pair => pair[1], StringComparer.Ordinal);
        if (fields["entries-added"].AsInteger() == fields["length"].AsInteger()) return default;
        var oldest = fields["first-entry"].IsNull ? fields["last-generated-id"] : fields["first-entry"][0];
        return StreamEntryId.TryParse(oldest.AsBytes().Span, out var id) ? id : default;
    }

    /// <summary>Redis's clock, to the millisecond.</summary>
    public static async Task<DateTimeOffset> ReadClockAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var time = await connection.ExecuteAsync(["TIME"], cancellationToken);
        return DateTimeOffset.FromUnixTimeMilliseconds((time[0].AsInteger() * 1000) + (time[1].AsInteger() / 1000));
    }
}
