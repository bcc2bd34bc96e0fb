using System.Buffers.Text;
using System.Text;

namespace Streamgauge.Producing;

/// <summary>Ids for events whose file has none: the same line of the same file always gets the same one, so a repeated replay is recognisable.</summary>
/// <remarks>
/// Shape: 8 hex digits of the source's name, <c>-</c>, 8 of the record's bytes, <c>-</c>, the line number. The record takes part so that a
/// file that is rotated under one name does not repeat the ids of its predecessor.
/// </remarks>
internal sealed class DerivedEventId
{
    private const int PrefixBytes = 8 + 1 + 8 + 1;

    private readonly byte[] _text = new byte[PrefixBytes + 20];

    public DerivedEventId(string sourceName)
    {
        FixedText.WriteHex8((uint)StableHash.Of(Encoding.UTF8.GetBytes(sourceName)), _text);
        _text[8] = _text[PrefixBytes - 1] = (byte)'-';
    }

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record, long line)
    {
        FixedText.WriteHex8((uint)StableHash.Of(record), _text.AsSpan(9));
        Utf8Formatter.TryFormat(line, _text.AsSpan(PrefixBytes), out var digits);
        return _text.AsSpan(0, PrefixBytes + digits);
    }
}
