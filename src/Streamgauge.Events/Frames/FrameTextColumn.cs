namespace Streamgauge.Events;

/// <summary>One text field of a frame being written. Each frame takes the smaller of two encodings.</summary>
/// <remarks>
/// Looking for repeats is most of the work of writing. A column that had too few of them (event ids) stops looking and is
/// written plainly; every <see cref="FramesPerProbe"/>th frame looks again, because senders change.
/// </remarks>
internal sealed class FrameTextColumn(EventField field)
{
    private const int SmallDictionaryMax = byte.MaxValue; // indices 1..255 fit one byte, 0 means absent
    private const int FramesPerProbe = 32;
    private const int EventsToJudge = 64; // in fewer events even event types hardly repeat

    private readonly SymbolTable _symbols = new();
    private int[] _values = new int[512]; // per event its symbol, or in plain mode its length; FieldColumn.Absent for none
    private byte[] _text = new byte[4096]; // in plain mode all values, one after the other
    private byte[] _name = [];
    private int _textBytes;
    private int _lengthBytes;
    private int _dictionaryBytes;
    private int _plainFramesLeft; // above 0: plain mode

    public EventField Field { get; } = field;

    /// <summary>Name of an extra field; empty for a documented one, which its id names.</summary>
    public ReadOnlySpan<byte> Name => _name;

    public bool IsEmpty => _textBytes == 0;

    public int Count { get; private set; }

    /// <summary>Plain size, and the smaller encoding is never larger, with its field id, name and payload size.</summary>
    public int BytesMax => _lengthBytes + _textBytes + _name.Length + (2 * Varint.BytesMax);

    /// <summary>Gives an unused column to another extra field.</summary>
    public void Rename(ReadOnlySpan<byte> name)
    {
        _name = name.ToArray();
        _plainFramesLeft = 0;
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        if (Count == _values.Length) Array.Resize(ref _values, Count * 2);
        _values[Count++] = value.IsEmpty ? FieldColumn.Absent
            : _plainFramesLeft > 0 ? Append(value) : Intern(value);
        _textBytes += value.Length;
        _lengthBytes += Varint.Size((ulong)value.Length + 1);
    }

    /// <summary>Makes an extra column that appears late as long as its frame: the events before it do not have the field.</summary>
    public void PadTo(int count)
    {
        while (Count < count) Add(default);
    }

    public void Clear()
    {
        if (_plainFramesLeft > 0 && Count > 0) _plainFramesLeft--;
        else if (Count >= EventsToJudge && !IsEmpty && !IsDictionarySmaller(out _)) _plainFramesLeft = FramesPerProbe - 1;
        if (_symbols.Count > 0) _symbols.Clear();
        Count = 0;
        _textBytes = 0;
        _lengthBytes = 0;
        _dictionaryBytes = 0;
    }

    // | encoding | payload size | payload |
    public int Write(Span<byte> output)
    {
        var isDictionary = IsDictionarySmaller(out var payloadBytes);
        output[0] = isDictionary ? FrameFormat.EncodingDictionary : FrameFormat.EncodingPlain;
        var at = 1 + Varint.Write(output[1..], (ulong)payloadBytes);
        if (isDictionary) WriteDictionary(output.Slice(at, payloadBytes));
        else WritePlain(output.Slice(at, payloadBytes));
        return at + payloadBytes;
    }

    private bool IsDictionarySmaller(out int payloadBytes)
    {
        payloadBytes = _lengthBytes + _textBytes;
        if (_plainFramesLeft > 0) return false;
        var indexBytes = _symbols.Count <= SmallDictionaryMax ? 1 : 2;
        var dictionaryBytes = Varint.Size((ulong)_symbols.Count) + _dictionaryBytes + (indexBytes * Count);
        if (dictionaryBytes >= payloadBytes) return false;
        payloadBytes = dictionaryBytes;
        return true;
    }

    private int Intern(ReadOnlySpan<byte> value)
    {
        var known = _symbols.Count;
        var symbol = _symbols.Intern(value);
        if (symbol == known) _dictionaryBytes += Varint.Size((ulong)value.Length) + value.Length;
        return symbol;
    }

    private int Append(ReadOnlySpan<byte> value)
    {
        if (_textBytes + value.Length > _text.Length) Array.Resize(ref _text, Math.Max(_text.Length * 2, _textBytes + value.Length));
        value.CopyTo(_text.AsSpan(_textBytes));
        return value.Length;
    }

    // | entry count | (length, bytes)… | index per event: 0 absent, k = entry k-1; one byte each up to 255 entries, else two, little endian |
    private void WriteDictionary(Span<byte> output)
    {
        var at = Varint.Write(output, (ulong)_symbols.Count);
        for (var i = 0; i < _symbols.Count; i++)
        {
            var text = _symbols[i];
            at += Varint.Write(output[at..], (ulong)text.Length);
            text.CopyTo(output[at..]);
            at += text.Length;
        }

        var isWide = _symbols.Count > SmallDictionaryMax;
        foreach (var symbol in _values.AsSpan(0, Count))
        {
            var index = symbol + 1;
            output[at++] = (byte)index;
            if (isWide) output[at++] = (byte)(index >> 8);
        }
    }

    // | length + 1 per event, 0 absent | bytes of all, one after the other |
    private void WritePlain(Span<byte> output)
    {
        var values = _values.AsSpan(0, Count);
        var at = 0;
        if (_plainFramesLeft > 0)
        {
            foreach (var length in values) at += Varint.Write(output[at..], (ulong)(length + 1));
            _text.AsSpan(0, _textBytes).CopyTo(output[at..]);
            return;
        }

        foreach (var symbol in values) at += Varint.Write(output[at..], symbol < 0 ? 0 : (ulong)_symbols[symbol].Length + 1);
        foreach (var symbol in values)
        {
            if (symbol < 0) continue;
            _symbols[symbol].CopyTo(output[at..]);
            at += _symbols[symbol].Length;
        }
    }
}
