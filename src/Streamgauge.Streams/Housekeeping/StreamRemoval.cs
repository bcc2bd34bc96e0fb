using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Takes a whole stream away: for streams that were made for one measurement or one drill.</summary>
public static class StreamRemoval
{
    /// <summary>Removes the stream and every key that lives with it. Nobody may use it any more.</summary>
    public static async Task RemoveAsync(this StreamKeys keys, RespConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(connection);
        var cursor = "0";
        do
        {
            var reply = await connection.ExecuteAsync(["SCAN", cursor, "MATCH", $"{{{keys.Stream}}}*", "COUNT", "1000"], cancellationToken);
            foreach (var key in reply[1].Items) await connection.ExecuteAsync(["UNLINK", key.AsText()], cancellationToken);
            cursor = reply[0].AsText();
        }
        while (cursor != "0");
        await connection.ExecuteAsync(["UNLINK", keys.Stream], cancellationToken);
    }
}
