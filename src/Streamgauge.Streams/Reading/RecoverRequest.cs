using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Takes up pending entries: this consumer's own after a lost connection, or those of consumers that went silent.</summary>
/// <remarks>Safe to repeat. Entries that cannot be handed out are lost (trimmed while pending) or dead-lettered, and counted in <c>meta</c>.</remarks>
public sealed class RecoverRequest(StreamKeys keys, string group, string consumer, RecoveryLimits limits) : RespRequest
{
    private readonly List<DeadLetter> _buried = [];

    /// <summary>Where the entries go; cleared before they come.</summary>
    public EntryBatch? Target { get; set; }

    /// <summary>Entries of others become ours after being idle this long; null takes up our own instead.</summary>
    public TimeSpan? IdleAtLeast { get; set; }

    /// <summary>Most entries to look at.</summary>
    public int Count { get; set; } = 64;

    /// <summary>Look behind this id; the reply moves it to the last one looked at.</summary>
    public StreamEntryId After { get; set; }

    /// <summary>Whether nothing is left behind <see cref="After"/>.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Entries that were trimmed while pending: gone, and never counted.</summary>
    public int LostCount { get; private set; }

    /// <summary>Entries dead-lettered by the server: too large, or too often the end of their consumer.</summary>
    public IReadOnlyList<DeadLetter> Buried => _buried;

    protected override void Write(RespWriter output)
    {
        IsAtEnd = false;
        FunctionCall.WriteHead(output, "sg_recover_v1"u8, keyCount: 3, argumentCount: 10);
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(keys.Meta);
        output.WriteBulk(keys.Dead);
        output.WriteBulk(group);
        output.WriteBulk(consumer);
        output.WriteBulk(IdleAtLeast is null ? "OWN"u8 : "IDLE"u8);
        output.WriteBulk((long)(IdleAtLeast ?? TimeSpan.Zero).TotalMilliseconds);
        output.WriteBulk(Count);
        FunctionCall.WriteId(output, After);
        output.WriteBulk(limits.DeliveriesMax);
        output.WriteBulk(limits.IsolateAtDeliveries);
        output.WriteBulk(limits.EntryBytesMax);
        output.WriteBulk(limits.DeadLettersMax);
    }

    protected override void Read(ref RespReader reply)
    {
        Target!.Clear();
        reply.ReadAggregateHeader();
        Target.ReadEntries(ref reply);
        LostCount = SkipItems(ref reply);
        ReadBuried(ref reply);
        IsAtEnd = !StreamEntryId.TryParse(reply.ReadString(), out var last);
        if (!IsAtEnd) After = last;
    }

    private void ReadBuried(ref RespReader reply)
    {
        _buried.Clear();
        for (var left = reply.ReadAggregateHeader(); left > 0; left--)
        {
            reply.ReadAggregateHeader();
            if (!StreamEntryId.TryParse(reply.ReadString(), out var id)) throw new RespProtocolException("an entry id is not of the form ms-sequence", reply.Position);
            _buried.Add(new DeadLetter(id, -1, reply.ReadText(), Fields: null));
        }
    }

    private static int SkipItems(ref RespReader reply)
    {
        var count = reply.ReadAggregateHeader();
        for (var i = 0; i < count; i++) reply.Skip();
        return count;
    }
}

/// <summary>When an entry is given up on.</summary>
public sealed record RecoveryLimits
{
    /// <summary>Deliveries after which an entry whose consumers keep dying is dead-lettered.</summary>
    public int DeliveriesMax { get; init; } = 16;

    /// <summary>Deliveries after which an entry is processed alone, so that it takes no neighbours down.</summary>
    public int IsolateAtDeliveries { get; init; } = 4;

    /// <summary>Largest entry worth reading, in bytes of its fields.</summary>
    public int EntryBytesMax { get; init; } = 2 * 1024 * 1024;

    /// <summary>Length at which the dead-letter stream drops its oldest.</summary>
    public int DeadLettersMax { get; init; } = 100_000;
}
