using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Sends events: packs them, pipelines the sends, repeats those in doubt, waits out an outage in bounded memory, then makes its caller wait.</summary>
/// <remarks>
/// What <see cref="TryAdd"/> took is in the stream exactly once when <see cref="FlushAsync"/> completes: every send carries this
/// producer's sequence, and Redis drops one it has seen. Thread-safe. This half takes and seals; <c>Sending</c> sends.
/// </remarks>
public sealed partial class BufferingSender : IEventSink, IAsyncDisposable
{
    private readonly SenderOptions _options;
    private readonly SenderMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<Sealed> _sealed = Channel.CreateUnbounded<Sealed>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ITimer _linger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;

    // _gate guards everything below.
    private readonly Lock _gate = new();
    private readonly Packer _packer;
    private readonly List<(long Sequence, TaskCompletionSource Done)> _flushes = [];
    private TaskCompletionSource? _room;
    private long _bufferedBytes;
    private long _bufferedEvents;
    private long _sealedSequence;
    private long _acknowledgedSequence;
    private bool _isDisposed;

    /// <exception cref="ArgumentException">The options have mistakes; all of them are listed.</exception>
    public BufferingSender(SenderOptions options, SenderMetrics metrics, ILogger<BufferingSender> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.FindProblems();
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        Producer = $"{options.ProducerPrefix}-{Guid.NewGuid().ToString("N")[..12]}";
        var keys = new StreamKeys(options.Stream);
        _packer = options.Plain ? new PlainPacker(keys, Producer) : new FramePacker(keys, Producer);
        _backoff = new Resp.Backoff(BackoffInitial, BackoffMax, time);
        _linger = time.CreateTimer(_ => Push(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            if (_bufferedBytes + _packer.Bytes >= _options.BufferBytesMax)
            {
                _metrics.BufferFull();
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
            if (_packer.Count > 0) Seal();
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_bufferedBytes + _packer.Bytes < _options.BufferBytesMax) return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isDisposed) return Task.FromException(new ObjectDisposedException(nameof(BufferingSender)));
            if (_packer.Count > 0) Seal();
            if (_acknowledgedSequence == _sealedSequence) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushes.Add((_sealedSequence, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stops at once. Call <see cref="FlushAsync"/> first; what is still buffered is gone, counted and logged, and whoever waits for it is told.</summary>
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
        _stopping.Dispose();
        lock (_gate)
        {
            var dropped = _bufferedEvents + _packer.Count;
            if (dropped > 0)
            {
                _metrics.Dropped(dropped);
                Log.Dropped(_logger, Producer, dropped);
            }

            foreach (var (_, done) in _flushes) done.TrySetException(new ObjectDisposedException(nameof(BufferingSender)));
            _room?.TrySetException(new ObjectDisposedException(nameof(BufferingSender)));
        }
    }

    /// <summary>Closes what is packed and hands it to the sending half. Under the lock.</summary>
    private void Seal()
    {
        var append = _packer.Seal();
        append.Sequence = ++_sealedSequence;
        _bufferedBytes += append.Bytes;
        _bufferedEvents += append.Count;
        _metrics.Buffered(append.Bytes, append.Count);
        var written = _sealed.Writer.TryWrite(new Sealed(append, Stopwatch.GetTimestamp()));
        Debug.Assert(written, "The channel is unbounded; the buffer's bytes are the bound.");
    }

    private void Acknowledge(Sealed item)
    {
        _metrics.Acknowledged(item.Append, Stopwatch.GetElapsedTime(item.SealedAt).TotalSeconds);
        lock (_gate)
        {
            _metrics.Buffered(-item.Append.Bytes, -item.Append.Count);
            _bufferedBytes -= item.Append.Bytes;
            _bufferedEvents -= item.Append.Count;
            _acknowledgedSequence = item.Append.Sequence;
            _packer.Recycle(item.Append);
            _room?.TrySetResult();
            _room = null;
            for (var i = _flushes.Count - 1; i >= 0; i--)
            {
                if (_flushes[i].Sequence > _acknowledgedSequence) continue;
                _flushes[i].Done.TrySetResult();
                _flushes.RemoveAt(i);
            }
        }
    }

    private readonly record struct Sealed(SequencedAppend Append, long SealedAt);
}
