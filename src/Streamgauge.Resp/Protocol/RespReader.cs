using System.Buffers.Text;
using System.Text;

namespace Streamgauge.Resp;

/// <summary>A cursor over one complete reply, or over a part of one. Allocates nothing but what <see cref="ReadText"/> and errors need.</summary>
/// <remarks>
/// Each method consumes one value; attributes (<c>|</c>) before a value are stepped over. A value of another shape than asked for throws
/// <see cref="RespProtocolException"/>; an error value met by anything but <see cref="TryReadError"/> and <see cref="Skip"/> throws as the
/// <see cref="RedisReplyException"/> it is. Spans handed out point into the reply and live as long as its buffer.
/// </remarks>
/// <param name="reply">The bytes of one complete reply.</param>
public ref partial struct RespReader(ReadOnlySpan<byte> reply)
{
    private readonly ReadOnlySpan<byte> _bytes = reply;
    private int _position;

    /// <summary>Bytes consumed so far.</summary>
    public readonly int Position => _position;

    /// <summary>True when every byte is consumed.</summary>
    public readonly bool AtEnd => _position >= _bytes.Length;

    /// <summary>The type of the next value, which stays unread. RESP2's <c>$-1</c> and <c>*-1</c> are <see cref="RespType.Null"/>.</summary>
    public RespType PeekType()
    {
        SkipAttributes();
        if (AtEnd) ThrowTruncated();
        var type = RespSyntax.TypeOf(_bytes[_position], _position);
        var isNull = type is RespType.BulkString or RespType.Array && _position + 1 < _bytes.Length && _bytes[_position + 1] == '-';
        return isNull ? RespType.Null : type;
    }

    /// <summary>Reads the header of an aggregate; its elements follow, one value each.</summary>
    /// <returns>Elements of an array, set or push; keys plus values of a map; -1 for null.</returns>
    public int ReadAggregateHeader()
    {
        var type = PeekType();
        if (type == RespType.Null)
        {
            ReadNull();
            return -1;
        }

        if (!RespSyntax.IsAggregate(type)) ThrowUnexpected("an aggregate", type);
        return ReadCount(type);
    }

    /// <summary>Reads a string, or the text of a number; a verbatim string comes without its <c>txt:</c> prefix.</summary>
    /// <exception cref="RespProtocolException">The value is null or an aggregate.</exception>
    public ReadOnlySpan<byte> ReadString()
    {
        if (!TryReadString(out var value)) ThrowUnexpected("a string", RespType.Null);
        return value;
    }

    /// <summary>Like <see cref="ReadString"/>, but a null is consumed and gives false.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        var type = PeekType();
        switch (type)
        {
            case RespType.Null:
                ReadNull();
                value = default;
                return false;
            case RespType.BulkString:
                value = ReadBlob(type);
                return true;
            case RespType.VerbatimString:
                // =15\r\ntxt:Some string\r\n : three letters of format and a colon come before the text.
                var start = _position;
                value = ReadBlob(type);
                if (value.Length < 4 || value[3] != ':') ThrowMalformed("verbatim string", start);
                value = value[4..];
                return true;
            case RespType.SimpleString or RespType.Integer or RespType.Double or RespType.BigNumber or RespType.Boolean:
                value = ReadLine();
                return true;
            default:
                ThrowUnexpected("a string", type);
                value = default;
                return false;
        }
    }

    /// <summary>Reads an integer, a boolean as 1 or 0, or a string holding a decimal integer that fits 64 bits.</summary>
    public long ReadInteger()
    {
        var start = _position;
        if (PeekType() == RespType.Boolean) return ReadBoolean() ? 1 : 0;
        var text = ReadString();
        var signed = !text.IsEmpty && text[0] == '+' ? text[1..] : text; // RESP allows ":+5"
        if (!Utf8Parser.TryParse(signed, out long value, out var used) || used != signed.Length) ThrowMalformed("64-bit integer", start);
        return value;
    }

    /// <summary>Reads a double, or a string holding one; <c>inf</c>, <c>-inf</c> and <c>nan</c> as RESP3 and RESP2 write them.</summary>
    public double ReadDouble()
    {
        var start = _position;
        var text = ReadString();
        if (text.SequenceEqual("inf"u8) || text.SequenceEqual("+inf"u8)) return double.PositiveInfinity;
        if (text.SequenceEqual("-inf"u8)) return double.NegativeInfinity;
        if (text.EndsWith("nan"u8)) return double.NaN;
        if (!Utf8Parser.TryParse(text, out double value, out var used) || used != text.Length) ThrowMalformed("double", start);
        return value;
    }

    /// <summary>Reads a string as UTF-8 text. Allocates it.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadString());

    /// <summary>Consumes the next value if it is an error, such as a failed command inside the array of <c>EXEC</c>.</summary>
    public bool TryReadError([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RedisReplyException? error)
    {
        var type = PeekType();
        if (type is not (RespType.Error or RespType.BlobError))
        {
            error = null;
            return false;
        }

        error = RedisReplyException.FromWire(type == RespType.Error ? ReadLine() : ReadBlob(type));
        return true;
    }

    /// <summary>Steps over one whole value, however nested.</summary>
    public void Skip()
    {
        // A count instead of recursion: bytes from the network must not choose the depth of our stack.
        for (long left = 1; left > 0; left--)
        {
            if (AtEnd) ThrowTruncated();
            var type = RespSyntax.TypeOf(_bytes[_position], _position);
            if (RespSyntax.IsAggregate(type)) left += Math.Max(0, ReadCount(type));
            else if (RespSyntax.IsBlob(type)) SkipBlob(type);
            else ReadLine();
        }
    }
}
