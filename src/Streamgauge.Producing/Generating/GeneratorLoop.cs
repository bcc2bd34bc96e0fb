using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Sends generated events into a sink at the rate asked for.</summary>
/// <remarks>
/// Open loop: the timestamp of an event is the time it was due, not the time it could be sent, so latency measured behind it includes
/// every stall of the sink. How far the run is behind is reported as slip. At full speed the timestamp is the time of the slice.
/// </remarks>
public sealed class GeneratorLoop
{
    /// <summary>How long the last flush may take after a stop was asked for: what was taken is finished, but not for ever.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(500);

    private readonly GeneratorOptions _options;
    private readonly TimeProvider _time;
    private readonly IProgress<GeneratorProgress>? _progress;
    private readonly long _countMax;
    private Pacer _pacer;
    private EventGenerator? _generator;
    private bool _isPending;
    private long _sent;
    private long _roomWaits;
    private TimeSpan _slipMax;
    private TimeSpan _reportedAt;
    private TimeSpan? _sentAllAt;

    /// <param name="progress">Called twice a second, on the loop's own thread: be quick.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them all.</exception>
    public GeneratorLoop(GeneratorOptions options, TimeProvider time, IProgress<GeneratorProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Validate();
        if (problems.Count > 0) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _options = options;
        _time = time;
        _progress = progress;
        _pacer = new Pacer(options.Rate, time);
        _countMax = options.Count ?? long.MaxValue;
        if (options is { Duration: { } duration, Rate: > 0 })
            _countMax = Math.Min(_countMax, new RateSchedule(options.Rate).CountDue(duration - TimeSpan.FromTicks(1)));
    }

    /// <summary>Runs until the count or the duration is reached or <paramref name="cancellationToken"/> asks to stop, then flushes.</summary>
    /// <returns>The final state; stopping by token is a normal end. Not to be called twice.</returns>
    /// <exception cref="OperationCanceledException">After a stop, the flush did not end within <see cref="FlushTimeout"/>.</exception>
    public async Task<GeneratorProgress> RunAsync(IEventSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_generator is not null) throw new InvalidOperationException("A generator loop runs once; make another one.");
        _pacer = new Pacer(_options.Rate, _time); // the schedule starts here, not when the loop was made
        _generator = new EventGenerator(_options, _pacer.StartMs);
        try
        {
            await SendAsync(sink, cancellationToken);
            _sentAllAt = _pacer.Elapsed;
            await sink.FlushAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var deadline = new CancellationTokenSource(FlushTimeout, _time);
            await sink.FlushAsync(deadline.Token);
        }

        var end = Progress();
        _progress?.Report(end);
        return end;
    }

    private async Task SendAsync(IEventSink sink, CancellationToken cancellationToken)
    {
        while (_sent < _countMax && !HasTimedOut())
        {
            var left = await _pacer.WaitForSliceAsync(cancellationToken);
            left = (int)Math.Min(left, _countMax - _sent);
            while (true)
            {
                left -= SendSlice(sink, left);
                if (left == 0) break;
                _roomWaits++;
                Report();
                await sink.WaitForRoomAsync(cancellationToken);
            }

            if (_options.Rate > 0) sink.Push(); // nothing more is due
            Report();
        }
    }

    // Returns how many the sink took; the first one refused stays pending and is offered again.
    private int SendSlice(IEventSink sink, int count)
    {
        var fields = default(EventFields);
        var fullSpeedMs = _pacer.StartMs + (long)_pacer.Elapsed.TotalMilliseconds;
        for (var i = 0; i < count; i++)
        {
            if (_isPending) _generator!.Current(ref fields);
            else _generator!.Next(_options.Rate == 0 ? fullSpeedMs : _pacer.StartMs + (long)_pacer.DueAt(_sent).TotalMilliseconds, ref fields);
            _isPending = !sink.TryAdd(fields);
            if (_isPending)
            {
                NoteSlip(i);
                return i;
            }

            _sent++;
        }

        NoteSlip(count);
        return count;
    }

    // The first event of a slice waited longest.
    private void NoteSlip(int taken)
    {
        if (taken == 0) return;
        var slip = _pacer.SlipOf(_sent - taken);
        if (slip > _slipMax) _slipMax = slip;
    }

    private bool HasTimedOut() => _options is { Rate: 0, Duration: { } duration } && _pacer.Elapsed >= duration;

    private void Report()
    {
        if (_progress is null) return;
        var elapsed = _pacer.Elapsed;
        if (elapsed - _reportedAt < ReportEvery) return;
        _reportedAt = elapsed;
        _progress.Report(Progress());
    }

    private GeneratorProgress Progress()
    {
        var elapsed = _pacer.Elapsed;
        // At a rate, the wait for the last acknowledgements is not part of the sending; at full speed it is what is measured.
        var sending = _options.Rate > 0 && _sentAllAt is { } end ? end : elapsed;
        var rate = sending > TimeSpan.Zero ? _sent / sending.TotalSeconds : 0;
        var slip = _sent < _countMax ? _pacer.SlipOf(_sent) : TimeSpan.Zero;
        return new GeneratorProgress(_sent, elapsed, _options.Rate, rate, slip, _slipMax, _roomWaits);
    }
}
