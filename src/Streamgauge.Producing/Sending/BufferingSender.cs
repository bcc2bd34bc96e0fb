using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Sends events: packs them, pipelines the sends, repeats those in doubt, waits out an outage in bounded memory and then in a spool, then makes its caller wait.</summary>
/// <remarks>
/// What <see cref="TryAdd"/> took is in the stream exactly once when <see cref="FlushAsync"/> completes, and as safe there as
/// <see cref="SenderOptions.Durability"/> says: every send carries its producer's sequence, and Redis drops one it has seen. Thread-safe.
/// This half takes and seals; <c>Sending</c> sends; <c>Spooling</c> looks after the spool.
/// </remarks>
public sealed partial class BufferingSender : IEventSink, IAsyncDisposable
{
    private readonly SenderOptions _options;
    private readonly SenderMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }); // wakes the sending half
    private readonly ITimer _linger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConditionWatch _conditions;
    private readonly Task _sending;

    // _gate guards everything below.
    private readonly Lock _gate = new();
    private readonly Packer _packer;
    private readonly Backlog _backlog;
    private readonly List<(long Sends, TaskCompletionSource Done)> _flushes = [];
    private TaskCompletionSource? _room;
    private long _sequence;
    private long _taken; // sends, those an earlier process left in the spool included
    private long _acknowledged;
    private bool _isDisposed;

    /// <exception cref="ArgumentException">The options have mistakes; all of them are listed.</exception>
    /// <exception cref="SpoolException">The spool is in use by another process, or damaged.</exception>
    public BufferingSender(SenderOptions options, SenderMetrics metrics, ILogger<BufferingSender> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        var problems = options.FindProblems();
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        Producer = $"{options.ProducerPrefix}-{Guid.NewGuid().ToString("N")[..12]}";
        _conditions = new ConditionWatch(Producer, metrics.Conditions, logger, time);
        var keys = new StreamKeys(options.Stream);
        _packer = options.Plain ? new PlainPacker(keys, Producer) : new FramePacker(keys, Producer);
        _spool = options.SpoolFolder is null ? null : OpenSpool();
        _backlog = new Backlog(options, _packer, _spool, metrics);
        _backoff = new Resp.Backoff(BackoffInitial, BackoffMax, time);
        _linger = time.CreateTimer(_ => Push(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _syncing = _spool is null ? Task.CompletedTask : Task.Run(SyncUntilStoppedAsync);
        _sending = Task.Run(SendUntilStoppedAsync);
    }

    /// <summary>Name of this producer in entries and in Redis's record of sequences: unique per start.</summary>
    public string Producer { get; }

    /// <inheritdoc/>
    public bool TryAdd(in EventFields fields)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_packer.HasRoomFor(fields)) Seal();
            if (!_backlog.HasRoomFor(_packer.Bytes) && !TrySpool())
            {
                RefuseForNow();
                return false;
            }

            _packer.Add(fields);
            if (_packer.Count >= _options.EventsPerSend || _packer.Bytes >= _options.BytesPerSend || _options.Linger == TimeSpan.Zero) Seal();
            else if (_packer.Count == 1) _linger.Change(_options.Linger, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Push()
    {
        lock (_gate)
        {
            if (_packer.Count > 0 && !_isDisposed) Seal();
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_backlog.HasRoomFor(_packer.Bytes)) return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Sends what is packed and completes when Redis has acknowledged everything taken before, what an earlier process left in the spool included.</summary>
    /// <remarks>A spool does not make it complete earlier: on disk here is not in the stream.</remarks>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isDisposed) return Task.FromException(new ObjectDisposedException(nameof(BufferingSender)));
            if (_packer.Count > 0) Seal();
            if (_acknowledged == _taken) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushes.Add((_taken, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Stops at once. Call <see cref="FlushAsync"/> first; what is still in memory goes to the spool, to be sent by the next start. Without a spool
    /// it is gone, counted and logged. Whoever waits for it is told.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        await _linger.DisposeAsync();
        await _stopping.CancelAsync();
        await _sending;
        await _syncing;
        _conditions.Dispose();
        _stopping.Dispose();
        lock (_gate)
        {
            if (_packer.Count > 0) Seal();
            var dropped = _backlog.Close();
            if (dropped > 0)
            {
                _metrics.Dropped(dropped);
                Log.Dropped(_logger, Producer, dropped);
            }

            foreach (var (_, done) in _flushes) done.TrySetException(new ObjectDisposedException(nameof(BufferingSender)));
            _room?.TrySetException(new ObjectDisposedException(nameof(BufferingSender)));
        }

        CloseSpool();
    }

    /// <summary>Closes what is packed and hands it to the sending half. Under the lock.</summary>
    private void Seal()
    {
        var append = _packer.Seal();
        append.Sequence = ++_sequence;
        SendTrace.Begin(append, _options.Stream);
        _taken++;
        _backlog.Add(append);
        _added.Writer.TryWrite(true);
    }

    private bool TryGet(int place, out SequencedAppend append)
    {
        lock (_gate)
        {
            var found = _backlog.TryGet(place, out append);
            NoteSpooling();
            return found;
        }
    }

    private void Acknowledge()
    {
        lock (_gate)
        {
            var append = _backlog.Acknowledge(out var sealedAt);
            _metrics.Acknowledged(append, sealedAt == 0 ? null : Stopwatch.GetElapsedTime(sealedAt).TotalSeconds);
            if (append is StoredAppend) _metrics.Spool.Replayed(append.Count);
            _acknowledged++;
            SendTrace.End(append);
            _backlog.Recycle(append);
            NoteSpooling();
            AnnounceRoom();
            for (var i = _flushes.Count - 1; i >= 0; i--)
            {
                if (_flushes[i].Sends > _acknowledged) continue;
                _flushes[i].Done.TrySetResult();
                _flushes.RemoveAt(i);
            }
        }
    }

    /// <summary>Lets those go on who wait for room, if there is some. Under the lock.</summary>
    private void AnnounceRoom()
    {
        if (_room is null || !_backlog.HasRoomFor(_packer.Bytes)) return;
        _room.TrySetResult();
        _room = null;
    }
}
