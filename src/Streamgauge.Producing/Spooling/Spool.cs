using System.Buffers;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Sends on disk, first in, first out: appended at one end, read and then acknowledged at the other. One process at a time has the folder. Not thread-safe.</summary>
/// <remarks>
/// <code>
///   oldest segment … | acknowledged … | read, unacknowledged … | unread … | end of the newest segment
/// </code>
/// A segment is removed when all its records are acknowledged, so a process that starts after a kill sends some again, which Redis drops as seen.
/// </remarks>
internal sealed class Spool : IDisposable
{
    private const int SegmentBytesMax = 16 * 1024 * 1024;
    private const int SegmentsMin = 16; // room comes back a segment at a time

    private readonly string _folder;
    private readonly string _stream;
    private readonly long _bytesMax;
    private readonly TimeProvider _time;
    private readonly FileStream _lock;
    private readonly List<SpoolSegment> _segments = [];
    private readonly RespWriter _arguments = new();
    private readonly RespWriter _record = new();
    private long _number;
    private SpoolSegment? _reading; // where the next unread record is; null: at the beginning of the oldest
    private long _readOffset;
    private readonly long _headBytes;
    private long _unread;

    private Spool(string folder, string stream, long bytesMax, TimeProvider time, FileStream folderLock)
    {
        _folder = folder;
        _stream = stream;
        _headBytes = SpoolSegment.HeadBytes(stream);
        _bytesMax = bytesMax;
        _time = time;
        _lock = folderLock;
    }

    public long Bytes { get; private set; }

    /// <summary>Records not acknowledged yet.</summary>
    public long Records { get; private set; }

    /// <summary>Events in those.</summary>
    public long Events { get; private set; }

    public int Segments => _segments.Count;

    public bool HasUnread => _unread > 0;

    /// <summary>When the oldest record of the oldest file was written; null when there is none.</summary>
    public long? OldestAtMs => _segments.Count > 0 && _segments[0].Records > 0 ? _segments[0].FirstAtMs : null;

    /// <summary>When the newest record that an earlier process left was written; null when it left none.</summary>
    public long? LeftAtMs { get; private set; }

    /// <summary>Bytes of the record that an earlier process did not write to its end, and that were cut off.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Opens a folder, reads whatever an earlier process left in it, and locks it.</summary>
    /// <exception cref="SpoolException">It is in use, or damaged.</exception>
    public static Spool Open(string folder, string stream, long bytesMax, TimeProvider time)
    {
        var full = Path.GetFullPath(folder);
        var spool = new Spool(full, stream, bytesMax, time, Lock(full));
        try
        {
            spool.Load();
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>Whether a send of so many bytes stays within the bound.</summary>
    public bool HasRoomFor(int bytes) => Bytes + bytes + SpoolRecord.OverheadBytesMax <= _bytesMax;

    /// <summary>Appends one send, whatever the bound: that is its caller's to ask for.</summary>
    /// <param name="isRead">It is in hand and not to be read again; only while nothing is unread.</param>
    /// <exception cref="IOException">It could not be written; the spool is as before.</exception>
    public void Append(SequencedAppend append, bool isRead)
    {
        _arguments.Clear();
        append.CopyTo(_arguments);
        _record.Clear();
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        SpoolRecord.Write(_record, append, _arguments, nowMs);
        var segment = SegmentFor(_record.Length);
        segment.Append(_record.WrittenSpan);
        if (segment.Records++ == 0) segment.FirstAtMs = nowMs;
        Bytes += _record.Length;
        Records++;
        Events += append.Count;
        if (isRead) (_reading, _readOffset) = (segment, segment.Length);
        else _unread++;
    }

    /// <summary>Size of the next unread record, to be asked for before it is read into memory.</summary>
    public int NextBytes()
    {
        MoveToUnread();
        Span<byte> header = stackalloc byte[SpoolRecord.HeaderBytes];
        var count = _reading!.Read(header, _readOffset);
        if (!SpoolRecord.TryReadHeader(header, out var bodyBytes, out _) || count < header.Length)
            SpoolScan.ThrowDamaged(_reading.Path, _readOffset, _reading.Length - _readOffset, "what was written there is not there any more");
        return bodyBytes;
    }

    /// <summary>Reads the next unread record.</summary>
    /// <exception cref="SpoolException">It is damaged; it stays unread.</exception>
    public void Read(StoredAppend into)
    {
        var bytes = SpoolRecord.HeaderBytes + NextBytes();
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var record = buffer.AsSpan(0, bytes);
            if (_reading!.Read(record, _readOffset) < bytes || !SpoolRecord.TryReadHeader(record, out _, out var checksum) || Crc32C.Compute(record[SpoolRecord.HeaderBytes..]) != checksum)
                SpoolScan.ThrowDamaged(_reading.Path, _readOffset, _reading.Length - _readOffset, "the checksum is wrong");
            SpoolRecord.Read(record[SpoolRecord.HeaderBytes..], into);
            _readOffset += bytes;
            _unread--;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The oldest record that was read is acknowledged. Removes its segment when it was the last one in it.</summary>
    public void Acknowledge(int events)
    {
        var oldest = _segments[0];
        oldest.Acknowledged++;
        Records--;
        Events -= events;
        if (oldest.Acknowledged < oldest.Records) return;
        if (_segments.Count == 1 && _unread > 0) throw new InvalidOperationException("More records were acknowledged than read. This is a bug; please report it.");
        _segments.RemoveAt(0);
        Bytes -= oldest.Length;
        if (_reading == oldest) _reading = null;
        oldest.Delete();
    }

    /// <summary>Segments with something that may not be on the disk yet, for <see cref="SpoolSegment.Sync"/>; they count as clean from here on.</summary>
    public List<SpoolSegment> TakeDirty()
    {
        var dirty = _segments.FindAll(segment => segment.IsDirty);
        foreach (var segment in dirty) segment.IsDirty = false;
        return dirty;
    }

    public void Dispose()
    {
        foreach (var segment in _segments) segment.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SpoolException($"{folder} cannot be written to: {e.Message} Give --spool a folder of this user's own.", e);
        }
        catch (IOException e) when (Directory.Exists(folder))
        {
            throw new SpoolException($"{folder} is in use by another sender: give each its own --spool folder.", e);
        }
        catch (IOException e)
        {
            throw new SpoolException($"{folder} cannot be made: {e.Message}", e);
        }
    }

    private void Load()
    {
        var files = SpoolSegment.Find(_folder).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            var (path, number) = files[i];
            _number = number;
            var scan = SpoolScan.Read(path, File.ReadAllBytes(path), _stream, isLast: i == files.Count - 1);
            TornBytes += scan.TornBytes;
            if (scan.Records == 0)
            {
                File.Delete(path);
                continue;
            }

            _segments.Add(SpoolSegment.Open(path, scan.Length));
            (_segments[^1].Records, _segments[^1].FirstAtMs) = (scan.Records, scan.FirstAtMs);
            Bytes += scan.Length;
            Records += scan.Records;
            Events += scan.Events;
            LeftAtMs = scan.LastAtMs;
        }

        _unread = Records;
    }

    private SpoolSegment SegmentFor(int bytes)
    {
        // One whose first write failed is still empty, and is used whatever comes.
        if (_segments.Count > 0 && (_segments[^1].Records == 0 || _segments[^1].Length + bytes <= Math.Min(SegmentBytesMax, _bytesMax / SegmentsMin))) return _segments[^1];
        var segment = SpoolSegment.Create(_folder, ++_number, _stream);
        Bytes += segment.Length;
        _segments.Add(segment);
        return segment;
    }

    private void MoveToUnread()
    {
        if (_reading is null) (_reading, _readOffset) = (_segments[0], _headBytes);
        if (_readOffset < _reading.Length) return;
        (_reading, _readOffset) = (_segments[_segments.IndexOf(_reading) + 1], _headBytes);
    }
}
