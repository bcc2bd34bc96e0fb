using System.Buffers;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Appends one frame. Holds a copy of it in pooled memory until <see cref="Release"/>.</summary>
public sealed class FrameAppend(StreamKeys keys, string producer) : SequencedAppend(keys, producer)
{
    private byte[] _frame = [];
    private int _length;
    private int _count;

    public override int Count => _count;

    public override int Entries => 1;

    public override int Bytes => _frame.Length;

    private protected override int ArgumentCount => Trace is null ? 7 : 9;

    /// <summary>Takes over the events of a writer and starts its next frame.</summary>
    public void Take(FrameWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _count = writer.Count;
        var frame = writer.Seal();
        _length = frame.Length;
        _frame = ArrayPool<byte>.Shared.Rent(_length);
        frame.CopyTo(_frame);
        writer.Clear();
    }

    /// <summary>Gives the memory back once the append is acknowledged.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_frame);
        _frame = [];
        _length = 0;
        _count = 0;
    }

    private protected override void WriteEntries(RespWriter output)
    {
        output.WriteBulk(Trace is null ? 3 : 4);
        output.WriteBulk(FrameFormat.EntryField);
        output.WriteBulk(_frame.AsSpan(0, _length));
        output.WriteBulk("producer"u8);
        output.WriteBulk(ProducerUtf8);
        output.WriteBulk("seq"u8);
        output.WriteBulk(Sequence);
        if (Trace is null) return;
        output.WriteBulk(TraceParent.Field);
        output.WriteBulk(Trace.Id!);
    }
}
