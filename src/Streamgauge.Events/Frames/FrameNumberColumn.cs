namespace Streamgauge.Events;

/// <summary>A column of varints, one per event, encoded as they come.</summary>
internal sealed class FrameNumberColumn(EventField field, byte encoding)
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>Its bytes with field id, encoding and payload size.</summary>
    public int BytesMax => _length + 2 + Varint.BytesMax;

    public void Add(ulong number)
    {
        if (_length + Varint.BytesMax > _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
        _length += Varint.Write(_bytes.AsSpan(_length), number);
    }

    public void Clear() => _length = 0;

    // | field id | encoding | payload size | payload |
    public int Write(Span<byte> output)
    {
        output[0] = (byte)field;
        output[1] = encoding;
        var at = 2 + Varint.Write(output[2..], (ulong)_length);
        _bytes.AsSpan(0, _length).CopyTo(output[at..]);
        return at + _length;
    }
}
