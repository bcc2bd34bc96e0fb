using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Resp;

// The pieces a value is made of. Every one checks its bounds: a reader may be given bytes that never passed the scanner.
public ref partial struct RespReader
{
    private void SkipAttributes()
    {
        // |1\r\n key value, then the value described: step over the pairs only.
        while (!AtEnd && _bytes[_position] == '|')
        {
            for (var left = ReadCount(RespType.Attribute) - 1; left > 0; left--) Skip();
        }
    }

    private int ReadCount(RespType type)
    {
        var start = _position;
        if (!RespSyntax.TryReadLength(_bytes, start + 1, type, out var length, out _position)) ThrowTruncated();
        var count = RespSyntax.ElementCount(type, length);
        if (count > (_bytes.Length - _position) / RespSyntax.ValueBytesMin) ThrowTruncated();
        return (int)count;
    }

    private ReadOnlySpan<byte> ReadBlob(RespType type)
    {
        var start = _position;
        if (!RespSyntax.TryReadLength(_bytes, start + 1, type, out var length, out var payload)) ThrowTruncated();
        if (length < 0) ThrowUnexpected("a string", RespType.Null);
        if (length > _bytes.Length - payload - 2) ThrowTruncated();
        var end = payload + (int)length;
        if (_bytes[end] != '\r' || _bytes[end + 1] != '\n') ThrowMalformed("value", start);
        _position = end + 2;
        return _bytes[payload..end];
    }

    private void SkipBlob(RespType type)
    {
        if (_position + 1 < _bytes.Length && _bytes[_position + 1] == '-') ReadNull();
        else ReadBlob(type);
    }

    // marker text CRLF: the text, without marker and line end
    private ReadOnlySpan<byte> ReadLine()
    {
        var start = _position;
        var rest = _bytes[(start + 1)..];
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || end + 1 >= rest.Length) ThrowTruncated();
        if (rest[end] != '\r' || rest[end + 1] != '\n') ThrowMalformed("line", start);
        _position = start + 1 + end + 2;
        return rest[..end];
    }

    private bool ReadBoolean()
    {
        var start = _position;
        var text = ReadLine();
        if (text.Length != 1 || text[0] is not ((byte)'t' or (byte)'f')) ThrowMalformed("boolean", start);
        return text[0] == 't';
    }

    // _\r\n  or  $-1\r\n  or  *-1\r\n
    private void ReadNull()
    {
        var start = _position;
        var text = ReadLine();
        var isNull = _bytes[start] == '_' ? text.IsEmpty : text.SequenceEqual("-1"u8);
        if (!isNull) ThrowMalformed("null", start);
    }

    /// <summary>Throws for a value of the wrong shape; an error value throws as itself, which says more than "expected a string".</summary>
    [DoesNotReturn]
    private void ThrowUnexpected(string expected, RespType found)
    {
        var start = _position;
        if (TryReadErrorIfAny(found, out var error)) throw error;
        throw new RespProtocolException($"Expected {expected} at offset {start} of the reply, found {found}.", start);
    }

    private bool TryReadErrorIfAny(RespType found, [NotNullWhen(true)] out RedisReplyException? error)
    {
        error = null;
        return found is RespType.Error or RespType.BlobError && TryReadError(out error);
    }

    [DoesNotReturn]
    private static void ThrowMalformed(string what, int offset) =>
        throw new RespProtocolException($"The bytes at offset {offset} of the reply are not a valid {what}.", offset);

    [DoesNotReturn]
    private readonly void ThrowTruncated() => throw new RespProtocolException(
        $"The reply ends inside a value: it holds {_bytes.Length} bytes, and the value at offset {_position} needs more.", _position);
}
