using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Waits for entries behind the last one seen, as they arrive. For one follower with a connection of its own: the command blocks it.</summary>
public sealed class NewEventsReader(StreamKeys keys, EntryUnpacker unpacker, StreamEntryId after)
{
    private const int PageEntries = 64;
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReplyGrace = TimeSpan.FromSeconds(10);

    /// <summary>Last entry seen.</summary>
    public StreamEntryId After { get; private set; } = after;

    /// <summary>Whether the last page was full, so that more is waiting already.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Adds the next events to <paramref name="output"/>, oldest first; after a second without any it returns too.</summary>
    /// <param name="room">Most events to add.</param>
    /// <returns>Events that passed, added or not.</returns>
    public async Task<int> ReadAsync(RespConnection connection, int room, List<TailedEvent> output, CancellationToken cancellationToken)
    {
        var command = new RespCommand(
            "XREAD", "COUNT", PageEntries.ToString(), "BLOCK", ((long)Block.TotalMilliseconds).ToString(), "STREAMS", keys.Stream, After.ToString());
        var reply = await connection.ExecuteAsync(command, Block + ReplyGrace, cancellationToken);
        var entries = reply.IsNull ? [] : reply[0].Type == RespType.Array ? reply[0][1].Items : reply[1].Items;
        var passed = 0;
        foreach (var entry in entries)
        {
            passed += unpacker.Unpack(entry, newestFirst: false, Math.Max(0, room - passed), output);
            if (StreamEntryId.TryParse(entry[0].AsBytes().Span, out var id)) After = id;
        }

        IsBehind = entries.Count == PageEntries;
        return passed;
    }

    /// <summary>Goes on at the end of the stream; what lies between is not shown.</summary>
    public async Task SkipToEndAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var last = await connection.ExecuteAsync(["XREVRANGE", keys.Stream, "+", "-", "COUNT", "1"], cancellationToken);
        if (last.Items.Count > 0 && StreamEntryId.TryParse(last[0][0].AsBytes().Span, out var id)) After = id;
        IsBehind = false;
    }
}
