using System.Diagnostics;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>An append with its producer's sequence. Idempotent: the server drops a sequence it has seen, so a send in doubt is simply repeated.</summary>
public abstract class SequencedAppend : RespRequest
{
    private readonly StreamKeys _keys;
    private byte[] _producerUtf8;

    private protected SequencedAppend(StreamKeys keys, string producer)
    {
        _keys = keys;
        _producerUtf8 = FunctionCall.Utf8(producer);
        Producer = producer;
    }

    /// <summary>Whose sequence it is.</summary>
    public string Producer
    {
        get;
        private protected set
        {
            if (field == value) return;
            field = value;
            _producerUtf8 = FunctionCall.Utf8(value);
        }
    }

    /// <summary>Sequence of this append: 1, 2, 3 … per producer, sent in order.</summary>
    public long Sequence { get; set; }

    /// <summary>Whether every earlier sequence was acknowledged. Only then may it skip one that the server does not know (any more).</summary>
    public bool IsOldest { get; set; }

    /// <summary>The span of this send, for as long as it lasts; its id goes into the (first) entry.</summary>
    /// <value>Default null: not traced.</value>
    public Activity? Trace { get; set; }

    /// <summary>Events it holds.</summary>
    public abstract int Count { get; }

    /// <summary>Entries it appends.</summary>
    public abstract int Entries { get; }

    /// <summary>Memory it holds, in bytes.</summary>
    public abstract int Bytes { get; }

    /// <summary>What became of it.</summary>
    public AppendOutcome Outcome { get; private set; }

    /// <summary>Id of its (last) entry; default when it was a duplicate.</summary>
    public StreamEntryId EntryId { get; private set; }

    /// <summary>Arguments its entries are made of.</summary>
    private protected abstract int ArgumentCount { get; }

    private protected ReadOnlySpan<byte> ProducerUtf8 => _producerUtf8;

    /// <summary>Collects its entries as arguments, for a <see cref="StoredAppend"/> to send later, perhaps from another process.</summary>
    public void CopyTo(RespWriter arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        arguments.BeginArguments();
        WriteEntries(arguments);
    }

    private protected abstract void WriteEntries(RespWriter output);

    protected override void Write(RespWriter output)
    {
        FunctionCall.WriteHead(output, "sg_append_v1"u8, keyCount: 2, 4 + ArgumentCount);
        output.WriteBulk(_keys.StreamUtf8);
        output.WriteBulk(_keys.Producers);
        output.WriteBulk(_producerUtf8);
        output.WriteBulk(Sequence);
        output.WriteBulk(IsOldest ? "1"u8 : "0"u8);
        output.WriteBulk(Entries);
        WriteEntries(output);
    }

    protected override void Read(ref RespReader reply)
    {
        reply.ReadAggregateHeader();
        var word = reply.ReadString();
        Outcome = word.SequenceEqual("OK"u8) ? AppendOutcome.Appended
            : word.SequenceEqual("GAP"u8) ? AppendOutcome.AppendedAfterGap
            : AppendOutcome.Duplicate;
        EntryId = StreamEntryId.TryParse(reply.ReadString(), out var id) ? id : default;
    }
}

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>Appended.</summary>
    Appended,

    /// <summary>Seen before, dropped: the earlier send had arrived.</summary>
    Duplicate,

    /// <summary>Appended, but a sequence before it is unknown to the server: Redis lost it after acknowledging it (failover, restored backup).</summary>
    AppendedAfterGap,
}
