using System.Buffers;

namespace Streamgauge.Resp;

/// <summary>One contiguous pooled buffer for bytes received: grows with a large reply, shrinks back once replies are small again.</summary>
internal sealed class ReplyBuffer : IDisposable
{
    private const int InitialBytes = 64 * 1024;
    private const int FreeBytesMin = 4 * 1024; // less room than this makes reads needlessly small
    private const int EasyDrainsMax = 256; // drains below a quarter full before a grown buffer is halved; rides out bursts

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;
    private int _peakBytes;
    private int _easyDrains;

    public int Capacity => _buffer.Length;

    /// <summary>Bytes received and not consumed.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Room for the next read; never empty.</summary>
    public Memory<byte> GetFree()
    {
        if (_start == _end) Drained();
        else if (_buffer.Length - _end < FreeBytesMin) MakeRoom();
        return _buffer.AsMemory(_end);
    }

    public void Received(int count)
    {
        _end += count;
        _peakBytes = Math.Max(_peakBytes, _end - _start);
    }

    public void Consume(int count) => _start += count;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Drained()
    {
        _start = 0;
        _end = 0;
        var isEasy = _buffer.Length > InitialBytes && _peakBytes < _buffer.Length / 4;
        _easyDrains = isEasy ? _easyDrains + 1 : 0;
        _peakBytes = 0;
        if (_easyDrains > EasyDrainsMax) Replace(Math.Max(InitialBytes, _buffer.Length / 2));
    }

    private void MakeRoom()
    {
        // Moving at most half a buffer, or doubling: either way each byte is copied O(1) times.
        var unread = _end - _start;
        if (unread > _buffer.Length / 2)
        {
            Replace((int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
            return;
        }

        _buffer.AsSpan(_start, unread).CopyTo(_buffer);
        _start = 0;
        _end = unread;
    }

    private void Replace(int capacity)
    {
        var unread = Unread;
        var other = ArrayPool<byte>.Shared.Rent(capacity);
        unread.CopyTo(other);
        _end = unread.Length;
        _start = 0;
        _easyDrains = 0;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
