using System.Diagnostics;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Sends that Redis has not acknowledged, oldest first: in memory, and beyond its bound in a <see cref="Spool"/>. Not thread-safe.</summary>
/// <remarks>
/// <code>
///   _inHand  →  _waiting  →  spool, unread  →  _unwritten
///   handed to a connection   in memory         on disk           sealed while the disk took nothing
/// </code>
/// Invariant: while anything in the spool is unread, all of <c>_inHand</c> is on disk too and <c>_waiting</c> is empty. So a process that is
/// killed while it spools has everything it accepted on disk, but for the send being packed.
/// </remarks>
internal sealed class Backlog(SenderOptions options, Packer packer, Spool? spool, SenderMetrics metrics)
{
    private readonly StreamKeys _keys = new(options.Stream);
    private readonly List<Item> _inHand = [];
    private readonly Queue<Item> _waiting = new();
    private readonly Queue<Item> _unwritten = new();
    private readonly Stack<StoredAppend> _free = new();

    /// <summary>Memory of sends, in bytes; what is in the spool alone is not in it.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether new sends go to the spool.</summary>
    public bool IsSpooling { get; private set; } = spool is { HasUnread: true };

    /// <summary>Why the disk takes nothing; null while it does.</summary>
    public string? SpoolProblem { get; private set; }

    /// <summary>Whether events may be added to a send that has so many bytes already.</summary>
    public bool HasRoomFor(int bytes) => IsSpooling ? SpoolProblem is null && _unwritten.Count == 0 && spool!.HasRoomFor(bytes) : Bytes + bytes < options.BufferBytesMax;

    /// <summary>Takes a send.</summary>
    public void Add(SequencedAppend append)
    {
        var item = new Item(append, Stopwatch.GetTimestamp(), IsOnDisk: false);
        Hold(item);
        (IsSpooling ? _unwritten : _waiting).Enqueue(item);
        if (IsSpooling) Settle();
    }

    /// <summary>Memory is full: writes all of it to the spool and has what comes follow it. What a connection may have in hand stays in memory as well.</summary>
    /// <returns>False without a spool.</returns>
    public bool TryStartSpooling()
    {
        if (spool is null || IsSpooling) return false;
        IsSpooling = true;
        while (_waiting.TryDequeue(out var item)) _unwritten.Enqueue(item);
        WriteOut();
        return true;
    }

    /// <summary>Writes what waits for the spool as far as it takes it; ends spooling when memory can do alone again.</summary>
    public void Settle()
    {
        if (!IsSpooling) return;
        if (spool!.HasUnread || Bytes >= options.BufferBytesMax)
        {
            WriteOut();
            return;
        }

        // Everything on disk is in hand already: what follows it may wait in memory.
        while (_unwritten.TryDequeue(out var item)) _waiting.Enqueue(item);
        IsSpooling = false;
        SpoolProblem = null;
    }

    /// <summary>The send at a place in line, 0 being the oldest; those beyond the ones in hand are taken up in order.</summary>
    /// <exception cref="SpoolException">The next one in the spool is damaged.</exception>
    public bool TryGet(int place, out SequencedAppend append)
    {
        if (place == _inHand.Count && TryTake(out var item)) _inHand.Add(item);
        append = place < _inHand.Count ? _inHand[place].Append : null!;

        // Sequences order the sends of one producer; those of another wait until its last one is acknowledged.
        return append is not null && (place == 0 || append.Producer == _inHand[place - 1].Append.Producer);
    }

    /// <summary>Takes the oldest send off: Redis has it. Ends with <see cref="Recycle"/>.</summary>
    /// <param name="sealedAt">Timestamp of its sealing; 0 when it comes from the spool.</param>
    public SequencedAppend Acknowledge(out long sealedAt)
    {
        var item = _inHand[0];
        _inHand.RemoveAt(0);
        if (item.IsOnDisk)
        {
            spool!.Acknowledge(item.Append.Count);
            Note();
        }

        sealedAt = item.SealedAt;
        return item.Append;
    }

    /// <summary>Takes back a send that was acknowledged.</summary>
    public void Recycle(SequencedAppend append)
    {
        Release(new Item(append, 0, IsOnDisk: false));
        Settle();
    }

    /// <summary>The end: writes to the spool whatever is not in it, bound or not.</summary>
    /// <returns>Events that are on no disk.</returns>
    public long Close()
    {
        var lost = 0L;
        SpoolProblem = null;
        for (var i = 0; i < _inHand.Count; i++) Keep(_inHand[i], isRead: spool is { HasUnread: false });
        foreach (var item in _waiting.Concat(_unwritten)) Keep(item, isRead: false);
        return lost;

        void Keep(Item item, bool isRead)
        {
            if (item.IsOnDisk) return;
            try
            {
                if (spool is null || SpoolProblem is not null) lost += item.Append.Count; // behind a gap nothing more is written: it would be sent as if all were there
                else Write(item, isRead);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                SpoolProblem = e.Message;
                lost += item.Append.Count;
            }
        }
    }

    private bool TryTake(out Item item)
    {
        if (_waiting.TryDequeue(out item)) return true;
        if (spool is not { HasUnread: true }) return _unwritten.TryDequeue(out item);
        if (_inHand.Count > 0 && Bytes + spool.NextBytes() > options.BufferBytesMax) return false;
        var append = _free.TryPop(out var free) ? free : new StoredAppend(_keys);
        spool.Read(append);
        item = new Item(append, SealedAt: 0, IsOnDisk: true);
        Hold(item);
        Settle();
        return true;
    }

    private void WriteOut()
    {
        SpoolProblem = null;
        try
        {
            for (var i = 0; i < _inHand.Count; i++)
            {
                if (_inHand[i].IsOnDisk) continue;
                Write(_inHand[i], isRead: true);
                _inHand[i] = _inHand[i] with { IsOnDisk = true };
            }

            while (_unwritten.TryPeek(out var item) && spool!.HasRoomFor(item.Append.Bytes))
            {
                Write(item, isRead: false);
                _unwritten.Dequeue();
                SendTrace.Spooled(item.Append);
                Release(item);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SpoolProblem = e.Message;
            metrics.Spool.Failed();
        }
    }

    private void Write(in Item item, bool isRead)
    {
        spool!.Append(item.Append, isRead);
        metrics.Spool.Written(item.Append.Count);
        Note();
    }

    private void Note() => metrics.Spool.Holds(spool!.Bytes, spool.Events, spool.Records, spool.Segments, spool.OldestAtMs);

    private void Hold(in Item item)
    {
        Bytes += item.Append.Bytes;
        metrics.Buffered(item.Append.Bytes, item.Append.Count);
    }

    private void Release(in Item item)
    {
        Bytes -= item.Append.Bytes;
        metrics.Buffered(-item.Append.Bytes, -item.Append.Count);
        if (item.Append is StoredAppend stored)
        {
            stored.Release();
            if (_free.Count < options.SendsInFlight) _free.Push(stored);
        }
        else
        {
            packer.Recycle(item.Append);
        }
    }

    private readonly record struct Item(SequencedAppend Append, long SealedAt, bool IsOnDisk);
}
