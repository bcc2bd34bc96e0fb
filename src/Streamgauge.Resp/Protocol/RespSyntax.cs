using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Resp;

/// <summary>The few rules of the wire format that the scanner and the reader must agree on.</summary>
internal static class RespSyntax
{
    /// <summary>The shortest value there is: a type byte and CRLF. Bounds how many elements a given number of bytes can hold.</summary>
    public const int ValueBytesMin = 3;

    private const int LengthDigitsMax = 10; // any int; a longer number is over every cap

    public static RespType TypeOf(byte marker, long offset) => marker switch
    {
        (byte)'$' => RespType.BulkString,
        (byte)'*' => RespType.Array,
        (byte)':' => RespType.Integer,
        (byte)'+' => RespType.SimpleString,
        (byte)'-' => RespType.Error,
        (byte)'_' => RespType.Null,
        (byte)'%' => RespType.Map,
        (byte)'~' => RespType.Set,
        (byte)'>' => RespType.Push,
        (byte)'#' => RespType.Boolean,
        (byte)',' => RespType.Double,
        (byte)'(' => RespType.BigNumber,
        (byte)'=' => RespType.VerbatimString,
        (byte)'!' => RespType.BlobError,
        (byte)'|' => RespType.Attribute,
        _ => ThrowUnknownMarker(marker, offset),
    };

    public static bool IsAggregate(RespType type) =>
        type is RespType.Array or RespType.Map or RespType.Set or RespType.Push or RespType.Attribute;

    /// <summary>True for values written as <c>marker length CRLF payload CRLF</c>.</summary>
    public static bool IsBlob(RespType type) =>
        type is RespType.BulkString or RespType.VerbatimString or RespType.BlobError;

    /// <summary>Reads <c>length CRLF</c> at <paramref name="at"/>, the byte after the type marker.</summary>
    /// <returns>False when more bytes are needed. At most 13 bytes are looked at, so asking again is cheap.</returns>
    /// <exception cref="RespProtocolException">The bytes can never become a length.</exception>
    public static bool TryReadLength(ReadOnlySpan<byte> bytes, int at, RespType type, out long length, out int next)
    {
        length = 0;
        next = at;
        if (at >= bytes.Length) return false;

        // RESP2 writes null as "$-1\r\n" or "*-1\r\n"; nothing else may be negative.
        if (bytes[at] == '-')
        {
            if (type is not (RespType.BulkString or RespType.Array)) ThrowBadLength(type, at);
            var rest = bytes[(at + 1)..];
            if (rest.Length < 3)
            {
                if (!"1\r\n"u8.StartsWith(rest)) ThrowBadLength(type, at);
                return false;
            }

            if (!rest.StartsWith("1\r\n"u8)) ThrowBadLength(type, at);
            length = -1;
            next = at + 4;
            return true;
        }

        var index = at;
        for (; index < bytes.Length; index++)
        {
            var digit = (uint)(bytes[index] - '0');
            if (digit > 9) break;
            if (index - at == LengthDigitsMax) ThrowBadLength(type, at);
            length = length * 10 + digit;
        }

        if (index == bytes.Length) return false;
        if (index == at || bytes[index] != '\r') ThrowBadLength(type, at);
        if (index + 1 == bytes.Length) return false;
        if (bytes[index + 1] != '\n') ThrowBadLength(type, at);
        next = index + 2;
        return true;
    }

    /// <summary>How many values follow an aggregate's header; an attribute is followed by its pairs and the value it describes.</summary>
    public static long ElementCount(RespType type, long length) => type switch
    {
        RespType.Map => length * 2,
        RespType.Attribute => length * 2 + 1,
        _ => length,
    };

    [DoesNotReturn]
    private static RespType ThrowUnknownMarker(byte marker, long offset) => throw new RespProtocolException(
        $"Byte 0x{marker:X2} at offset {offset} of the reply starts no RESP value; the peer is not Redis, or the stream lost its place. Check the address.", offset);

    [DoesNotReturn]
    private static void ThrowBadLength(RespType type, int at) => throw new RespProtocolException(
        $"The {type} at offset {at - 1} of the reply has no valid length: expected up to {LengthDigitsMax} decimal digits and CRLF (streamed values are not supported).", at - 1);
}
