namespace Streamgauge.Events;

/// <summary>One text field of a frame being written. Picks the smaller of two encodings when the frame is sealed.</summary>
internal sealed class FrameTextColumn
{
    private const int SmallDictionaryMax = byte.MaxValue; // indices 1..255 fit one byte, 0 means absent

    private readonly SymbolTable _symbols = new();
    private readonly List<int> _values = [];
    private int _dictionaryBytes;
    private int _plainBytes;

    public FrameTextColumn(EventField field, byte[] name)
    {
        Field = field;
        Name = name;
    }

    public EventField Field { get; }

    public byte[] Name { get; }

    public bool IsEmpty => _plainBytes == 0;

    public int Count => _values.Count;

    /// <summary>No encoding of this column is larger than this.</summary>
    public int BytesMax => _plainBytes + (2 * _values.Count) + Name.Length + (4 * Varint.BytesMax);

    public void Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            _values.Add(FieldColumn.Absent);
            return;
        }

        var known = _symbols.Count;
        var symbol = _symbols.Intern(value);
        _values.Add(symbol);
        if (symbol == known) _dictionaryBytes += value.Length + (value.Length < 0x80 ? 1 : 2);
        _plainBytes += value.Length;
    }

    /// <summary>Makes an extra column that appears late as long as its frame: the events before it do not have the field.</summary>
    public void PadTo(int count)
    {
        while (_values.Count < count) _values.Add(FieldColumn.Absent);
    }

    public void Clear()
    {
        _symbols.Clear();
        _values.Clear();
        _dictionaryBytes = 0;
        _plainBytes = 0;
    }

    /// <summary>Writes encoding, payload size and payload; returns bytes written.</summary>
    public int Write(Span<byte> output, Span<byte> scratch)
    {
        var indexBytes = _symbols.Count <= SmallDictionaryMax ? 1 : 2;
        var dictionary = _dictionaryBytes + (indexBytes * _values.Count) < _plainBytes + _values.Count;
        var size = dictionary ? WriteDictionary(scratch, indexBytes) : WritePlain(scratch);
        output[0] = dictionary ? FrameFormat.EncodingDictionary : FrameFormat.EncodingPlain;
        var at = 1 + Varint.Write(output[1..], (ulong)size);
        scratch[..size].CopyTo(output[at..]);
        return at + size;
    }

    // | entry count | (length, bytes)… | index per event: 0 absent, k = entry k-1; one byte each up to 255 entries, else two, little endian |
    private int WriteDictionary(Span<byte> output, int indexBytes)
    {
        var at = Varint.Write(output, (ulong)_symbols.Count);
        for (var i = 0; i < _symbols.Count; i++)
        {
            var text = _symbols[i];
            at += Varint.Write(output[at..], (ulong)text.Length);
            text.CopyTo(output[at..]);
            at += text.Length;
        }

        foreach (var symbol in _values)
        {
            var index = symbol + 1;
            output[at++] = (byte)index;
            if (indexBytes == 2) output[at++] = (byte)(index >> 8);
        }

        return at;
    }

    // | length + 1 per event, 0 absent | bytes of all, one after the other |
    private int WritePlain(Span<byte> output)
    {
        var at = 0;
        foreach (var symbol in _values) at += Varint.Write(output[at..], symbol < 0 ? 0 : (ulong)_symbols[symbol].Length + 1);
        foreach (var symbol in _values)
        {
            if (symbol < 0) continue;
            _symbols[symbol].CopyTo(output[at..]);
            at += _symbols[symbol].Length;
        }

        return at;
    }
}
