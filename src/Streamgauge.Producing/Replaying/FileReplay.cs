using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Sends the events of a CSV or NDJSON file, or of standard input, into a sink.</summary>
/// <remarks>Memory does not grow with the file. Every line ends in exactly one place: sent, or counted as malformed with a reason.</remarks>
public sealed class FileReplay
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(100);

    // Longest sleep towards an event of the far future, so that the token and the progress are looked at.
    private static readonly TimeSpan SleepMax = TimeSpan.FromSeconds(1);

    private readonly ReplayOptions _options;
    private readonly FieldMapping _mapping;
    private readonly TimeProvider _time;
    private readonly IProgress<ReplayProgress>? _progress;
    private readonly Action<MalformedLine>? _onMalformed;
    private readonly Stream? _standardInput;
    private readonly ReplayTally _tally = new();
    private readonly long _started;
    private readonly long _startMs;
    private TimeShift? _shift;
    private long? _paceFromMs;
    private long _paceStarted;
    private long _reportedAt;

    /// <param name="progress">Called at most ten times a second, on the replay's own thread.</param>
    /// <param name="onMalformed">Called for each of the first <see cref="ReplayOptions.ReportsMax"/> malformed lines.</param>
    /// <param name="standardInput">Read instead of the console's for the path <c>-</c>.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them all.</exception>
    public FileReplay(
        ReplayOptions options,
        TimeProvider time,
        IProgress<ReplayProgress>? progress = null,
        Action<MalformedLine>? onMalformed = null,
        Stream? standardInput = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var problems = options.Validate();
        if (problems.Count > 0) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _options = options;
        _mapping = FieldMapping.Create(options.Map, options.Set, options.OnlyMapped, []);
        _time = time;
        _progress = progress;
        _onMalformed = onMalformed;
        _standardInput = standardInput;
        _started = _reportedAt = time.GetTimestamp();
        _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!options.RebaseTime) _shift = TimeShift.None;
    }

    private long NowMs => _startMs + (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Replays to the end of the input, or until <paramref name="cancellationToken"/> asks to stop, and flushes what was sent.</summary>
    /// <returns>What was sent; stopping by token is a normal end that the summary tells. Not to be called twice.</returns>
    /// <exception cref="ReplayException">The header does not fit the mapping, or a line is malformed and the replay strict. What was sent before is flushed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<ReplaySummary> RunAsync(IEventSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var isComplete = false;
        long lines = 0;
        try
        {
            if (_options.RebaseTime && _options.Path != ReplayOptions.StandardInput) await ScanAsync(cancellationToken);
            await using var input = await ReplayInput.OpenAsync(_options, _mapping, _standardInput, cancellationToken);
            try
            {
                await SendAllAsync(input, sink, cancellationToken);
                isComplete = true;
            }
            finally
            {
                lines = input.Reader.LinesDone;
                Report(input, isDue: true);
            }

            await sink.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is ReplayException or InvalidDataException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // A stop finishes what was taken, with a deadline of its own.
            using var deadline = new CancellationTokenSource(GeneratorLoop.FlushTimeout, _time);
            await sink.FlushAsync(deadline.Token);
            if (e is ReplayException) throw;
            if (e is InvalidDataException)
                throw new ReplayException($"{_options.Path}: the compressed data is damaged or cut short ({e.Message}); {_tally.Events:N0} events before that point were sent.", location: null);
        }

        return _tally.Summary(isComplete, lines, _time.GetElapsedTime(_started));
    }

    // First pass: only the range of timestamps, so that the second can move them. Malformed lines are reported by the second.
    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        await using var input = await ReplayInput.OpenAsync(_options, _mapping, standardInput: null, cancellationToken);
        var (oldestMs, newestMs) = (long.MaxValue, long.MinValue);
        RecordStatus status;
        while ((status = input.Reader.Read()) != RecordStatus.End)
        {
            if (status == RecordStatus.NeedMore) await input.Reader.FillAsync(cancellationToken);
            if (status != RecordStatus.Record) continue;
            var fields = default(EventFields);
            if (!input.Mapper.Map(input.Reader.Record, input.Reader.Line, _startMs, ref fields, out var hasTime).IsEvent || !hasTime) continue;
            oldestMs = Math.Min(oldestMs, fields.TimestampMs);
            newestMs = Math.Max(newestMs, fields.TimestampMs);
        }

        var isEmpty = oldestMs > newestMs;
        _shift = isEmpty ? TimeShift.None : TimeShift.OfFile(oldestMs, newestMs, _options.Speed, NowMs);
        if (!isEmpty) _paceFromMs = oldestMs;
    }

    private async Task SendAllAsync(ReplayInput input, IEventSink sink, CancellationToken cancellationToken)
    {
        var pacer = new Pacer(_options.Rate, _time);
        var permits = 0;
        _paceStarted = _time.GetTimestamp();
        RecordStatus status;
        while ((status = input.Reader.Read()) != RecordStatus.End)
        {
            switch (status)
            {
                case RecordStatus.NeedMore:
                    Report(input, isDue: false);
                    await input.Reader.FillAsync(cancellationToken);
                    continue;
                case RecordStatus.Fault:
                    Refuse(input.Reader.FaultLine, input.Reader.FaultColumn, input.Reader.Fault.WireName());
                    continue;
            }

            if (permits == 0)
            {
                permits = await pacer.WaitForSliceAsync(cancellationToken);
                Report(input, isDue: false);
            }

            SendStep step;
            while ((step = TrySend(input, sink, out var wait)) is SendStep.NotDue or SendStep.NoRoom)
            {
                Report(input, isDue: false);
                if (step == SendStep.NoRoom) await sink.WaitForRoomAsync(cancellationToken);
                else await Task.Delay(wait, _time, cancellationToken);
            }

            if (step == SendStep.Sent) permits--;
        }
    }

    // One attempt at the current record. It is mapped again at every attempt, since spans do not survive a wait; waits are rare.
    private SendStep TrySend(ReplayInput input, IEventSink sink, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var reader = input.Reader;
        var fields = default(EventFields);
        var nowMs = NowMs;
        var result = input.Mapper.Map(reader.Record, reader.Line, nowMs, ref fields, out var hasTime);
        if (!result.IsEvent)
        {
            var (line, column) = reader.Locate(result.Field < 0 ? 0 : reader.Record.Offset(result.Field));
            Refuse(line, column, result.Reason);
            return SendStep.Refused;
        }

        if (hasTime)
        {
            if (_options.Speed > 0 && !IsDue(fields.TimestampMs, out wait)) return SendStep.NotDue;
            _shift ??= TimeShift.OfStream(fields.TimestampMs, nowMs);
            fields.TimestampMs = _shift.Apply(fields.TimestampMs, nowMs);
            if (EventTime.Check(fields.TimestampMs) is not EventFault.None and var fault)
            {
                // Only a shift can do this: a gap in the file that reaches back before 1970.
                Refuse(reader.Line, 1, fault.WireName());
                return SendStep.Refused;
            }
        }

        if (!sink.TryAdd(fields)) return SendStep.NoRoom;
        _tally.Sent(fields);
        return SendStep.Sent;
    }

    private bool IsDue(long timestampMs, out TimeSpan wait)
    {
        if (_paceFromMs is null) (_paceFromMs, _paceStarted) = (timestampMs, _time.GetTimestamp());
        var dueMs = (timestampMs - _paceFromMs.Value) / _options.Speed;
        var waitMs = Math.Min(dueMs - _time.GetElapsedTime(_paceStarted).TotalMilliseconds, SleepMax.TotalMilliseconds);
        wait = TimeSpan.FromMilliseconds(Math.Max(Math.Ceiling(waitMs), 0));
        return wait == TimeSpan.Zero;
    }

    private void Refuse(long line, int column, string reason)
    {
        var malformed = new MalformedLine(_options.Path, line, column, reason);
        _tally.Refused(reason);
        if (_options.Strict) throw new ReplayException(malformed.ToString(), malformed);
        if (_tally.Malformed <= _options.ReportsMax) _onMalformed?.Invoke(malformed);
    }

    private void Report(ReplayInput input, bool isDue)
    {
        if (_progress is null || (!isDue && _time.GetElapsedTime(_reportedAt) < ReportEvery)) return;
        _reportedAt = _time.GetTimestamp();
        _progress.Report(new ReplayProgress(input.Reader.LinesDone, _tally.Events, _tally.Malformed, input.BytesDone, input.BytesTotal));
    }

    private enum SendStep
    {
        Sent,
        Refused,
        NotDue,
        NoRoom,
    }
}
