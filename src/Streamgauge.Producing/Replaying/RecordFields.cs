using System.Runtime.InteropServices;

namespace Streamgauge.Producing;

/// <summary>The fields of one record: slices of the input where they stand there as they are, else of a scratch buffer. Reused; not thread-safe.</summary>
internal sealed class RecordFields
{
    private Field[] _fields = new Field[32];
    private byte[] _scratch = new byte[1024];
    private int _scratchUsed;
    private ArraySegment<byte> _source;

    public int Count { get; private set; }

    /// <summary>The record as it stands in the input, without its line end.</summary>
    public ReadOnlySpan<byte> Raw => _source;

    /// <summary>The value of a field; empty when it is absent or null.</summary>
    public ReadOnlySpan<byte> Value(int index) => Resolve(_fields[index].Value);

    /// <summary>The name of a field; empty in formats whose names stand in a header.</summary>
    public ReadOnlySpan<byte> Name(int index) => Resolve(_fields[index].Name);

    /// <summary>Where the field begins within the record, in bytes.</summary>
    public int Offset(int index) => _fields[index].Offset;

    public void Begin(ArraySegment<byte> source)
    {
        Count = 0;
        _scratchUsed = 0;
        _source = source;
    }

    /// <summary>Sets the end of the record once it is known.</summary>
    public void End(int lengthBytes) => _source = _source[..lengthBytes];

    /// <summary>Adds a field whose value stands in the source.</summary>
    public void Add(int offset, int start, int length) => Add(default, new Slice(start, length, InScratch: false), offset);

    public void Add(Slice name, Slice value, int offset)
    {
        if (Count == _fields.Length) Array.Resize(ref _fields, Count * 2);
        _fields[Count++] = new Field(name, value, offset);
    }

    /// <summary>Copies a quoted CSV value, each doubled quote becoming one.</summary>
    public void AddUnquoted(int offset, ReadOnlySpan<byte> text)
    {
        var output = Reserve(text.Length);
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            output[length++] = text[at];
            if (text[at] == '"') at++;
        }

        Add(default, Commit(length), offset);
    }

    /// <summary>Scratch space of at least <paramref name="length"/> bytes; <see cref="Commit"/> makes it a slice.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_scratchUsed + length > _scratch.Length) Array.Resize(ref _scratch, Math.Max(_scratch.Length * 2, _scratchUsed + length));
        return _scratch.AsSpan(_scratchUsed);
    }

    public Slice Commit(int length)
    {
        var slice = new Slice(_scratchUsed, length, InScratch: true);
        _scratchUsed += length;
        return slice;
    }

    private ReadOnlySpan<byte> Resolve(Slice slice) =>
        slice.InScratch ? _scratch.AsSpan(slice.Start, slice.Length) : _source.AsSpan(slice.Start, slice.Length);

    /// <summary>Bytes of the source or of the scratch buffer.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Slice(int Start, int Length, bool InScratch);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Field(Slice Name, Slice Value, int Offset);
}
