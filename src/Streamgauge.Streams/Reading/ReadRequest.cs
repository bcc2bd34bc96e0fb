using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary><c>XREADGROUP … STREAMS stream &gt;</c>: new entries for this consumer, decoded while they are still in the receive buffer.</summary>
/// <remarks>
/// Not idempotent: what it delivered is pending even if the reply is lost. After any failure, take it up with
/// <see cref="RecoverRequest"/> in its own-pending form before reading on.
/// </remarks>
public sealed class ReadRequest(StreamKeys keys, string group, string consumer) : RespRequest
{
    private readonly byte[] _group = FunctionCall.Utf8(group);
    private readonly byte[] _consumer = FunctionCall.Utf8(consumer);

    /// <summary>Where the entries go; cleared before they come.</summary>
    public EntryBatch? Target { get; set; }

    /// <summary>Most entries to deliver.</summary>
    public int Count { get; set; } = 64;

    /// <summary>How long to wait for a first entry; the request needs a longer timeout than this.</summary>
    public TimeSpan Block { get; set; }

    protected override void Write(RespWriter output)
    {
        output.WriteCommandHeader(11);
        output.WriteBulk("XREADGROUP"u8);
        output.WriteBulk("GROUP"u8);
        output.WriteBulk(_group);
        output.WriteBulk(_consumer);
        output.WriteBulk("COUNT"u8);
        output.WriteBulk(Count);
        output.WriteBulk("BLOCK"u8);
        output.WriteBulk((long)Block.TotalMilliseconds);
        output.WriteBulk("STREAMS"u8);
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(">"u8);
    }

    protected override void Read(ref RespReader reply)
    {
        Target!.Clear();

        // RESP2: [[stream, entries]], RESP3: {stream: entries}; null when BLOCK ran out.
        var isMap = reply.PeekType() == RespType.Map;
        if (reply.ReadAggregateHeader() <= 0) return;
        if (!isMap) reply.ReadAggregateHeader();
        reply.Skip();
        Target.ReadEntries(ref reply);
    }
}
