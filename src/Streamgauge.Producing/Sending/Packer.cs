using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Collects events into the next send. Two forms: frames, and groups of plain entries.</summary>
internal abstract class Packer
{
    private const int FreeMax = 32; // enough for the sends in flight; after an outage the rest is given back
    private readonly Stack<SequencedAppend> _free = new();

    /// <summary>Events collected since the last <see cref="Seal"/>.</summary>
    public abstract int Count { get; }

    /// <summary>Upper bound of the send's size, in bytes.</summary>
    public abstract int Bytes { get; }

    public abstract bool HasRoomFor(in EventFields fields);

    public abstract void Add(in EventFields fields);

    /// <summary>What was collected, ready to be sent; the packer starts over.</summary>
    public abstract SequencedAppend Seal();

    /// <summary>Takes an acknowledged send back for reuse.</summary>
    public void Recycle(SequencedAppend append)
    {
        Release(append);
        if (_free.Count < FreeMax) _free.Push(append);
    }

    protected abstract void Release(SequencedAppend append);

    protected SequencedAppend? TakeFree() => _free.TryPop(out var append) ? append : null;
}

internal sealed class FramePacker(StreamKeys keys, string producer) : Packer
{
    private readonly FrameWriter _writer = new();

    public override int Count => _writer.Count;

    public override int Bytes => _writer.BytesMax;

    public override bool HasRoomFor(in EventFields fields) => _writer.Count < FrameFormat.EventsMax && _writer.HasRoomFor(fields.Extra);

    public override void Add(in EventFields fields) => _writer.Add(fields);

    public override SequencedAppend Seal()
    {
        var append = (FrameAppend?)TakeFree() ?? new FrameAppend(keys, producer);
        append.Take(_writer);
        return append;
    }

    protected override void Release(SequencedAppend append) => ((FrameAppend)append).Release();
}

internal sealed class PlainPacker(StreamKeys keys, string producer) : Packer
{
    private PlainAppend _append = new(keys, producer);

    public override int Count => _append.Count;

    public override int Bytes => _append.WireBytes;

    public override bool HasRoomFor(in EventFields fields) => true;

    public override void Add(in EventFields fields) => _append.Add(fields);

    public override SequencedAppend Seal()
    {
        var append = _append;
        _append = (PlainAppend?)TakeFree() ?? new PlainAppend(keys, producer);
        return append;
    }

    protected override void Release(SequencedAppend append) => ((PlainAppend)append).Clear();
}
