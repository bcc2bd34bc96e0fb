using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Appends one frame with its producer's sequence. Idempotent: the server drops a sequence it has seen, so a send in doubt is simply repeated.</summary>
public sealed class AppendRequest(StreamKeys keys, string producer) : RespRequest
{
    private readonly byte[] _producer = FunctionCall.Utf8(producer);

    /// <summary>Sequence of the frame: 1, 2, 3 … per producer.</summary>
    public long Sequence { get; set; }

    /// <summary>The sealed frame; must stay unchanged until the reply is there.</summary>
    public ReadOnlyMemory<byte> Frame { get; set; }

    /// <summary>What became of it.</summary>
    public AppendOutcome Outcome { get; private set; }

    protected override void Write(RespWriter output)
    {
        FunctionCall.WriteHead(output, "sg_append_v1"u8, keyCount: 2, argumentCount: 10);
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(keys.Producers);
        output.WriteBulk(_producer);
        output.WriteBulk(Sequence);
        output.WriteBulk(1);
        output.WriteBulk(3);
        output.WriteBulk(Events.FrameFormat.EntryField);
        output.WriteBulk(Frame.Span);
        output.WriteBulk("producer"u8);
        output.WriteBulk(_producer);
        output.WriteBulk("seq"u8);
        output.WriteBulk(Sequence);
    }

    protected override void Read(ref RespReader reply) => Outcome = AppendReply.Read(ref reply);
}

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>Appended.</summary>
    Appended,

    /// <summary>Seen before, dropped: the earlier send had arrived.</summary>
    Duplicate,

    /// <summary>Appended, but a sequence before it never arrived: Redis lost it (failover, restored backup).</summary>
    AppendedAfterGap,
}

internal static class AppendReply
{
    public static AppendOutcome Read(ref RespReader reply)
    {
        reply.ReadAggregateHeader();
        var word = reply.ReadString();
        return word.SequenceEqual("OK"u8) ? AppendOutcome.Appended
            : word.SequenceEqual("GAP"u8) ? AppendOutcome.AppendedAfterGap
            : AppendOutcome.Duplicate;
    }
}
