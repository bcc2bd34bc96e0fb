using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Appends several events as plain entries, all or nothing.</summary>
public sealed class PlainAppend(StreamKeys keys, string producer) : SequencedAppend(keys, producer)
{
    private readonly RespWriter _entries = new();
    private int _count;
    private Range _first; // bytes of the first entry's fields, behind their number
    private int _firstFields;
    private bool _firstHasRoom;

    public override int Count => _count;

    public override int Entries => _count;

    public override int Bytes => _entries.Capacity;

    private protected override int ArgumentCount => _entries.ArgumentCount + (IsTraced ? 2 : 0);

    // An event at its bounds carries no trace: one field more, and a processor would refuse it.
    private bool IsTraced => Trace is not null && _firstHasRoom;

    /// <summary>Size of the events on the wire, in bytes.</summary>
    public int WireBytes => _entries.Length;

    /// <summary>Adds one event; its spans are copied.</summary>
    public void Add(in EventFields fields)
    {
        if (_count == 0) _entries.BeginArguments();
        var extra = fields.Extra;
        var fieldCount = 2 + Has(fields.EventId) + Has(fields.UserId) + Has(fields.Product) + Has(fields.SessionId) + (fields.HasValue ? 1 : 0) + (extra?.Count ?? 0);
        _entries.WriteBulk(fieldCount);
        var start = _entries.Length;
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

        if (_count++ > 0) return;
        _first = start.._entries.Length;
        _firstFields = fieldCount;
        _firstHasRoom = (extra?.Count ?? 0) < EventLimits.ExtraFieldsMax && _entries.Length - start + TraceParent.FieldBytes <= EventLimits.EventBytesMax;
    }

    /// <summary>Forgets its events once they are acknowledged.</summary>
    public void Clear()
    {
        _entries.Clear();
        _count = 0;
    }

    private protected override void WriteEntries(RespWriter output)
    {
        if (!IsTraced)
        {
            output.WriteArguments(_entries);
            return;
        }

        var entries = _entries.WrittenSpan;
        output.WriteBulk(_firstFields + 1);
        output.WriteArguments(entries[_first], 2 * _firstFields);
        output.WriteBulk(TraceParent.Field);
        output.WriteBulk(Trace!.Id!);
        output.WriteArguments(entries[_first.End..], _entries.ArgumentCount - 1 - (2 * _firstFields));
    }

    private void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        _entries.WriteBulk(name);
        _entries.WriteBulk(value);
    }

    private static int Has(ReadOnlySpan<byte> value) => value.IsEmpty ? 0 : 1;
}
