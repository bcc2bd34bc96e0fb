using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Resp;

/// <summary>Finds where one complete reply ends, in bytes that arrive in pieces.</summary>
/// <remarks>
/// Resumable: what was scanned is not scanned again, so a reply costs O(n) however it is cut. Lengths are capped before they are believed.
/// Invariant between calls: <c>_position &lt;= bytes.Length</c>, every value before <c>_position</c> is complete, and
/// <c>_left[0.._depth]</c> are the elements still owed by each open aggregate, each at least 1.
/// </remarks>
internal sealed class RespScanner(int replyBytesMax, int depthMax)
{
    private readonly int[] _left = new int[depthMax];
    private int _depth;
    private int _position; // start of the next value, or of the blob payload when _blobBytes >= 0
    private int _blobBytes = -1; // payload length of the blob at _position, -1 when at a value
    private int _lineSeen; // bytes after _position known to hold no line end

    /// <summary>Scans on from where the last call stopped.</summary>
    /// <param name="bytes">Everything received of this reply, from its first byte; may run into the next reply.</param>
    /// <param name="length">The bytes of the complete reply.</param>
    /// <returns>False when more bytes are needed. After true the scanner is ready for the next reply.</returns>
    /// <exception cref="RespProtocolException">The bytes can never become a reply, or a bound is broken.</exception>
    public bool TryScan(ReadOnlySpan<byte> bytes, out int length)
    {
        while (TryScanValue(bytes, out var opened))
        {
            if (opened || !CloseFinished()) continue;
            length = _position;
            _position = 0;
            return true;
        }

        length = 0;
        return false;
    }

    /// <summary>Steps over one scalar, or over the header of one aggregate that has elements (<paramref name="opened"/>).</summary>
    private bool TryScanValue(ReadOnlySpan<byte> bytes, out bool opened)
    {
        opened = false;
        if (_blobBytes >= 0) return TryFinishBlob(bytes);
        if (_position >= bytes.Length) return false;

        var type = RespSyntax.TypeOf(bytes[_position], _position);
        var isAggregate = RespSyntax.IsAggregate(type);
        if (!isAggregate && !RespSyntax.IsBlob(type)) return TryFinishLine(bytes);

        if (!RespSyntax.TryReadLength(bytes, _position + 1, type, out var length, out var next)) return false;
        if (!isAggregate)
        {
            // A null (-1) has no payload and no second line end.
            if (next + (length < 0 ? 0 : length + 2) > replyBytesMax) ThrowTooLarge(type, length);
            _position = next;
            if (length < 0) return true;
            _blobBytes = (int)length;
            return TryFinishBlob(bytes);
        }

        var count = RespSyntax.ElementCount(type, length);
        if (next + Math.Max(count, 0) * RespSyntax.ValueBytesMin > replyBytesMax) ThrowTooMany(type, count);
        if (count > 0)
        {
            if (_depth == depthMax) ThrowTooDeep();
            _left[_depth++] = (int)count;
            opened = true;
        }

        _position = next;
        return true;
    }

    // payload CRLF
    // ^ _position
    private bool TryFinishBlob(ReadOnlySpan<byte> bytes)
    {
        var end = _position + _blobBytes;
        if (bytes.Length < end + 2) return false;
        if (bytes[end] != '\r' || bytes[end + 1] != '\n') ThrowNoLineEnd(end);
        _position = end + 2;
        _blobBytes = -1;
        return true;
    }

    // marker text CRLF, the text free of CR and LF
    private bool TryFinishLine(ReadOnlySpan<byte> bytes)
    {
        var from = _position + _lineSeen;
        var found = bytes[from..].IndexOfAny((byte)'\r', (byte)'\n');
        _lineSeen = (found < 0 ? bytes.Length : from + found) - _position;
        if (_position + _lineSeen > replyBytesMax - 2) ThrowLineTooLong();
        if (found < 0) return false;

        var end = from + found;
        if (bytes[end] == '\n') ThrowNoLineEnd(end);
        if (end + 1 == bytes.Length) return false;
        if (bytes[end + 1] != '\n') ThrowNoLineEnd(end);
        _position = end + 2;
        _lineSeen = 0;
        return true;
    }

    /// <summary>Counts one finished value against the aggregates around it; true when the whole reply is finished.</summary>
    private bool CloseFinished()
    {
        while (_depth > 0)
        {
            Debug.Assert(_left[_depth - 1] > 0, "An aggregate with nothing owed must have been closed.");
            if (--_left[_depth - 1] > 0) return false;
            _depth--;
        }

        return true;
    }

    [DoesNotReturn]
    private void ThrowTooLarge(RespType type, long length) => throw new RespProtocolException(
        $"The {type} at offset {_position} of the reply announces {length} bytes, which breaks the bound of {replyBytesMax} bytes a reply (RedisOptions.ReplyBytesMax).", _position);

    [DoesNotReturn]
    private void ThrowTooMany(RespType type, long count) => throw new RespProtocolException(
        $"The {type} at offset {_position} of the reply announces {count} elements, which cannot fit the bound of {replyBytesMax} bytes a reply (RedisOptions.ReplyBytesMax).", _position);

    [DoesNotReturn]
    private void ThrowTooDeep() => throw new RespProtocolException(
        $"The aggregate at offset {_position} of the reply breaks the bound of {depthMax} nested levels (RedisOptions.ReplyDepthMax).", _position);

    [DoesNotReturn]
    private void ThrowLineTooLong() => throw new RespProtocolException(
        $"The line at offset {_position} of the reply breaks the bound of {replyBytesMax} bytes a reply (RedisOptions.ReplyBytesMax).", _position);

    [DoesNotReturn]
    private static void ThrowNoLineEnd(int offset) => throw new RespProtocolException(
        $"Expected CRLF at offset {offset} of the reply; the peer is not Redis, or the stream lost its place.", offset);
}
