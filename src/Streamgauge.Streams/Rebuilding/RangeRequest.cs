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
    public StreamEntryId Until { get; init; } = new(ulong.MaxValue, ulong.MaxValue);

    public int Count { get; set; }

    /// <summary>The last entry seen, wanted or not; <see cref="After"/> when there was none.</summary>
    public StreamEntryId Last { get; private set; }

    /// <summary>Entries seen, wanted or not.</summary>
    public int Seen { get; private set; }

    protected override void Write(RespWriter output)
    {
        Span<byte> after = stackalloc byte[1 + StreamEntryId.TextBytesMax];
        after[0] = (byte)'(';
        output.WriteCommandHeader(6);
        output.WriteBulk("XRANGE"u8);
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(after[..(1 + After.Format(after[1..]))]);
        FunctionCall.WriteId(output, Until);
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
