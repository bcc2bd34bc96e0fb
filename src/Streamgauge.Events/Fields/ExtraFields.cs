using System.Text;

namespace Streamgauge.Events;

/// <summary>Further named fields of one event, in a reusable buffer. Owned by whoever fills it; not thread-safe.</summary>
public sealed class ExtraFields
{
    private readonly List<(int Start, int NameLength, int ValueLength)> _fields = [];
    private byte[] _bytes = new byte[256];
    private int _length;

    public int Count => _fields.Count;

    /// <summary>Bytes of all names and values together.</summary>
    public int BytesTotal => _length;

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_fields[index].Start, _fields[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) =>
        _bytes.AsSpan(_fields[index].Start + _fields[index].NameLength, _fields[index].ValueLength);

    public void Clear()
    {
        _fields.Clear();
        _length = 0;
    }

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var needed = _length + name.Length + value.Length;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        name.CopyTo(_bytes.AsSpan(_length));
        value.CopyTo(_bytes.AsSpan(_length + name.Length));
        _fields.Add((_length, name.Length, value.Length));
        _length = needed;
    }

    public void Add(string name, string value) => Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
}
