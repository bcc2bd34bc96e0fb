using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary><c>XRANGE stream (after until COUNT n</c>: entries as they lie in the stream, whatever a group thinks of them.</summary>
internal sealed class RangeRequest(StreamKeys keys) : RespRequest
{
    /// <summary>Where the entries go; cleared before they come.</summary>
    public required EntryBatch Target { get; init; }

    /// <summary>Which entries to decode; the others are passed over.</summary>
    public required Func<StreamEntryId, bool> Wants { get; set; }

    public StreamEntryId After { get; set; }

    /// <summary>The last entry to give.</summary>
    public StreamEntryId Until { get; init; } = StreamEntryId.Greatest;

    public int Count { get; set; }

    /// <summary>The last entry seen, wanted or not; <see cref="After"/> when there was none.</summary>
    public StreamEntryId Last { get; private set; }

    /// <summary>Entries seen, wanted or not.</summary>
    public int Seen { get; private set; }

    protected override void Write(RespWriter output)
    {
        Span<byte> after = stackalloc byte[1 + StreamEntryId.TextBytesMax];
        after[0] = (byte)'(';
        var isBehindAll = After == StreamEntryId.Greatest; // Redis refuses a range that begins behind the greatest id: one that ends before it begins is empty too
        output.WriteCommandHeader(6);
        output.WriteBulk("XRANGE"u8);
        output.WriteBulk(keys.StreamUtf8);
        var length = After.Format(after[1..]);
        output.WriteBulk(isBehindAll ? after.Slice(1, length) : after[..(1 + length)]);
        FunctionCall.WriteId(output, isBehindAll ? default : Until);
        output.WriteBulk("COUNT"u8);
        output.WriteBulk(Count);
    }

    protected override void Read(ref RespReader reply)
    {
        Target.Clear();
        Last = After;
        Seen = reply.ReadAggregateHeader();
        for (var i = 0; i < Seen; i++) Last = Target.ReadEntry(ref reply, Wants);
    }
}
