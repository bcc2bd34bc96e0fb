using System.Buffers;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Appends what another append was made of, under the name and the sequence it had. Holds a copy in pooled memory until <see cref="Release"/>.</summary>
public sealed class StoredAppend(StreamKeys keys) : SequencedAppend(keys, producer: "")
{
    private byte[] _arguments = [];
    private int _length;
    private int _argumentCount;
    private int _entries;
    private int _count;

    public override int Count => _count;

    public override int Entries => _entries;

    public override int Bytes => _arguments.Length;

    private protected override int ArgumentCount => _argumentCount;

    /// <summary>Takes over what <see cref="SequencedAppend.CopyTo"/> collected.</summary>
    public void Take(string producer, long sequence, int events, int entries, int argumentCount, ReadOnlySpan<byte> arguments)
    {
        Producer = producer;
        Sequence = sequence;
        _count = events;
        _entries = entries;
        _argumentCount = argumentCount;
        _length = arguments.Length;
        _arguments = ArrayPool<byte>.Shared.Rent(_length);
        arguments.CopyTo(_arguments);
    }

    /// <summary>Gives the memory back once the append is acknowledged.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_arguments);
        _arguments = [];
        _length = 0;
    }

    private protected override void WriteEntries(RespWriter output) => output.WriteArguments(_arguments.AsSpan(0, _length), _argumentCount);
}
