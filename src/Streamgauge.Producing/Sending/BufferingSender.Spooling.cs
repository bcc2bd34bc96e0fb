using Microsoft.Extensions.Logging;

namespace Streamgauge.Producing;

// The spool's side: found at the start, filled when memory is full, synced every second, left behind at the end.
public sealed partial class BufferingSender
{
    /// <summary>How much of what was spooled a power cut of this machine may take. A kill of the process takes nothing of it.</summary>
    private static readonly TimeSpan SyncEvery = TimeSpan.FromSeconds(1);

    /// <summary>Redis remembers a silent producer's sequence for so long (<c>TendOptions.ProducerIdle</c>).</summary>
    private static readonly TimeSpan RememberedFor = TimeSpan.FromDays(1);

    private readonly Spool? _spool;
    private readonly Task _syncing;
    private bool _wasSpooling;
    private bool _saidFull;

    /// <summary>Events in the spool that Redis has not acknowledged; 0 without one.</summary>
    public long SpooledEvents
    {
        get
        {
            lock (_gate) return _spool?.Events ?? 0;
        }
    }

    /// <summary>Size of the spool's files, in bytes; 0 without one.</summary>
    public long SpooledBytes
    {
        get
        {
            lock (_gate) return _spool?.Bytes ?? 0;
        }
    }

    /// <summary>Memory of sends, in bytes.</summary>
    internal long BufferedBytes
    {
        get
        {
            lock (_gate) return _backlog.Bytes;
        }
    }

    private Spool OpenSpool()
    {
        var spool = Spool.Open(_options.SpoolFolder!, _options.Stream, _options.SpoolBytesMax, _time);
        if (spool.TornBytes > 0)
        {
            _metrics.Spool.Torn();
            Log.Torn(_logger, _options.SpoolFolder!, spool.TornBytes);
        }

        _metrics.Spool.Bounded(_options.SpoolBytesMax);
        _metrics.Spool.Holds(spool.Bytes, spool.Events, spool.Records, spool.Segments, spool.OldestAtMs);
        if (spool.LeftAtMs is not { } leftAtMs) return spool;
        var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(leftAtMs);
        Log.Found(_logger, _options.SpoolFolder!, spool.Events, age);
        if (age > RememberedFor) Log.Old(_logger, _options.SpoolFolder!);
        _taken = spool.Records;
        return spool;
    }

    /// <summary>Memory is full: moves it to the spool. False when there is none or it takes nothing more. Under the lock.</summary>
    private bool TrySpool()
    {
        if (!_backlog.TryStartSpooling()) return false;
        NoteSpooling();
        return _backlog.HasRoomFor(_packer.Bytes);
    }

    /// <summary>Counts and says that a caller has to wait. Under the lock.</summary>
    private void RefuseForNow()
    {
        if (!_backlog.IsSpooling)
        {
            _metrics.BufferFull();
            return;
        }

        _metrics.Spool.Full();
        if (_saidFull) return;
        _saidFull = true;
        if (_backlog.SpoolProblem is { } problem) Log.SpoolFails(_logger, Producer, problem);
        else Log.SpoolFull(_logger, Producer, _options.SpoolBytesMax);
    }

    /// <summary>Says when spooling begins and ends. Under the lock.</summary>
    private void NoteSpooling()
    {
        if (_backlog.IsSpooling == _wasSpooling) return;
        _wasSpooling = _backlog.IsSpooling;
        _saidFull = false;
        if (_wasSpooling) Log.Spooling(_logger, Producer, _options.SpoolFolder!);
        else Log.Drained(_logger, Producer);
    }

    private async Task SyncUntilStoppedAsync()
    {
        using var timer = new PeriodicTimer(SyncEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                lock (_gate)
                {
                    _backlog.Settle(); // a disk that took nothing may take it now
                    AnnounceRoom();
                }

                Sync();
            }
        }
        catch (OperationCanceledException)
        {
            // the end; CloseSpool syncs once more
        }
    }

    // The disk is waited for outside the lock: senders and callers go on meanwhile.
    private void Sync()
    {
        List<SpoolSegment> dirty;
        lock (_gate) dirty = _spool!.TakeDirty();
        try
        {
            foreach (var segment in dirty) segment.Sync();
        }
        catch (IOException e)
        {
            _metrics.Spool.Failed();
            Log.SpoolFails(_logger, Producer, e.Message);
        }
    }

    private void CloseSpool()
    {
        if (_spool is null) return;
        Sync();
        if (_spool.Events > 0) Log.Left(_logger, Producer, _spool.Events, _options.SpoolFolder!);
        _spool.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(2206, LogLevel.Warning, "{Producer} has its buffer full and spools to {Folder}")]
        public static partial void Spooling(ILogger logger, string producer, string folder);

        [LoggerMessage(2207, LogLevel.Information, "{Producer} has sent all of its spool and buffers in memory again")]
        public static partial void Drained(ILogger logger, string producer);

        [LoggerMessage(2208, LogLevel.Warning, "{Folder} holds {Events} events of an earlier process, the newest written {Age} ago: they are sent first")]
        public static partial void Found(ILogger logger, string folder, long events, TimeSpan age);

        [LoggerMessage(2209, LogLevel.Warning, "{Folder}: the last record was not written to its end when its process ended; its {Bytes} bytes are cut off")]
        public static partial void Torn(ILogger logger, string folder, long bytes);

        [LoggerMessage(2210, LogLevel.Warning, "{Producer} has its spool full ({BytesMax} bytes): whoever produces has to wait until Redis takes events again. --spool-bytes is the bound")]
        public static partial void SpoolFull(ILogger logger, string producer, long bytesMax);

        [LoggerMessage(2211, LogLevel.Error, "{Producer} cannot write to its spool, so whoever produces has to wait: {Reason}. It is tried again every second")]
        public static partial void SpoolFails(ILogger logger, string producer, string reason);

        [LoggerMessage(2212, LogLevel.Warning, "{Producer} ends and leaves {Events} events in {Folder}: the next start with this --spool sends them")]
        public static partial void Left(ILogger logger, string producer, long events, string folder);

        [LoggerMessage(2213, LogLevel.Warning, "{Folder} is older than a day, and Redis may have forgotten what it had of it: sends that were in doubt or not removed yet may count twice")]
        public static partial void Old(ILogger logger, string folder);
    }
}
