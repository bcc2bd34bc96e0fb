using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Appends several events as plain entries under one sequence. Idempotent like <see cref="AppendRequest"/>; all or nothing.</summary>
public sealed class PlainAppendRequest(StreamKeys keys, string producer) : RespRequest
{
    private readonly byte[] _producer = FunctionCall.Utf8(producer);
    private readonly RespWriter _entries = new();

    /// <summary>Sequence of this group of events: 1, 2, 3 … per producer.</summary>
    public long Sequence { get; set; }

    /// <summary>Events taken.</summary>
    public int Count { get; private set; }

    /// <summary>Size of the events on the wire, in bytes.</summary>
    public int Bytes => _entries.Length;

    /// <summary>What became of it.</summary>
    public AppendOutcome Outcome { get; private set; }

    /// <summary>Adds one event; its spans are copied.</summary>
    public void Add(in EventFields fields)
    {
        if (Count == 0) _entries.BeginArguments();
        var extra = fields.Extra;
        var fieldCount = 2 + Has(fields.EventId) + Has(fields.UserId) + Has(fields.Product) + Has(fields.SessionId) + (fields.HasValue ? 1 : 0) + (extra?.Count ?? 0);
        _entries.WriteBulk(fieldCount);
        Write(FieldNames.EventType, fields.EventType);
        Write(FieldNames.EventId, fields.EventId);
        Write(FieldNames.UserId, fields.UserId);
        Write(FieldNames.Product, fields.Product);
        Write(FieldNames.SessionId, fields.SessionId);
        if (fields.HasValue)
        {
            Span<byte> text = stackalloc byte[32];
            Write(FieldNames.Value, text[..FixedPoint.Format(fields.ValueMicros, text)]);
        }

        _entries.WriteBulk(FieldNames.Timestamp);
        _entries.WriteBulk(fields.TimestampMs);
        for (var i = 0; i < (extra?.Count ?? 0); i++)
        {
            _entries.WriteBulk(extra!.Name(i));
            _entries.WriteBulk(extra.Value(i));
        }

        Count++;
    }

    public void Clear()
    {
        _entries.Clear();
        Count = 0;
    }

    protected override void Write(RespWriter output)
    {
        FunctionCall.WriteHead(output, "sg_append_v1"u8, keyCount: 2, argumentCount: 3 + _entries.ArgumentCount);
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(keys.Producers);
        output.WriteBulk(_producer);
        output.WriteBulk(Sequence);
        output.WriteBulk(Count);
        output.WriteArguments(_entries);
    }

    protected override void Read(ref RespReader reply) => Outcome = AppendReply.Read(ref reply);

    private void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        _entries.WriteBulk(name);
        _entries.WriteBulk(value);
    }

    private static int Has(ReadOnlySpan<byte> value) => value.IsEmpty ? 0 : 1;
}
