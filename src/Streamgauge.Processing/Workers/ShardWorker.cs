using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Processing;

/// <summary>Counts one stream as one consumer, epoch after epoch, until stopped.</summary>
internal sealed partial class ShardWorker : IDisposable
{
    private static readonly TimeSpan BackoffInitial = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(5);

    private readonly ProcessorOptions _options;
    private readonly ProcessorMetrics _metrics;
    private readonly ILogger _logger;
    private readonly StreamGroup _group;
    private readonly Func<ViewCatalog, CommitSlot> _newSlot;
    private CommitSlot[] _slots = [];
    private ViewCatalog? _catalog;
    private readonly CommitSize _size;
    private readonly Backoff _backoff;
    private readonly ConditionWatch _conditions;
    private readonly WorkerActivity _activity;
    private bool _hasCounted;
    private WorkerEpoch? _epoch;
    private bool _isWorkedOut;
    private long _commitsKnown;

    public ShardWorker(ProcessorOptions options, int number, ProcessorMetrics metrics, ILogger logger, TimeProvider time)
    {
        _options = options;
        _metrics = metrics;
        _logger = logger;
        Consumer = options.ConsumerName ?? $"{options.ConsumerPrefix}-{number}-{Guid.NewGuid().ToString("N")[..8]}";
        _group = new StreamGroup(new StreamKeys(options.Stream), options.Group);
        _activity = new WorkerActivity(time);
        _newSlot = catalog => new CommitSlot(options, catalog, _group.Keys, Consumer, metrics, _activity, logger, time);
        _size = new CommitSize(options.EventsPerCommitMax, options.RowsPerCommit, options.EntriesPerReadMax);
        _backoff = new Backoff(BackoffInitial, BackoffMax, time);
        _conditions = new ConditionWatch(Consumer, metrics.Conditions, logger, time);
        metrics.AddWorker(Consumer, () => _epoch?.Pending ?? 0);
    }

    /// <summary>Name of the consumer: unique per start, unless it was given.</summary>
    public string Consumer { get; }

    /// <summary>Why the worker does not count at the moment; null while it does, and before it has tried.</summary>
    public ActiveCondition? Blocking => _conditions.Blocking;

    /// <summary><see cref="Blocking"/> in words, also before it has tried.</summary>
    public string? Problem => Blocking?.ToString() ?? (Volatile.Read(ref _hasCounted) ? null : "not connected yet");

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RunEpochAsync(stopping);
                _metrics.EpochEnded(EpochOutcomes.Stopped);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                await HandleAsync(e, stopping);
            }
            catch (OperationCanceledException)
            {
                return; // stopped while connecting: nothing is in hand
            }
        }
    }

    /// <summary>What it did lately.</summary>
    public ProcessorReport Report() => _activity.Report(Consumer, Problem);

    public void Dispose() => _conditions.Dispose();

    private async Task RunEpochAsync(CancellationToken stopping)
    {
        var committing = await RespConnection.ConnectAsync(_options.Redis, _options.Connection, stopping);
        RespConnection reading;
        try
        {
            ServerRequirements.ThrowIfUnusable(await ServerState.ReadAsync(committing, stopping));
            await FunctionLibrary.EnsureLoadedAsync(committing, stopping);
            await JoinAsync(committing, stopping);
            await TakeCatalogAsync(committing, stopping);
            reading = await committing.ConnectTwinAsync(stopping); // what one server delivers, no other may acknowledge
        }
        catch
        {
            await committing.DisposeAsync();
            throw;
        }

        await using var epoch = new WorkerEpoch(_options, Consumer, _group, _slots, _size, _metrics, _activity, _logger, reading, committing);
        _epoch = epoch;
        await epoch.ResumeAsync();
        await epoch.RunAsync(() => Counts(committing.Endpoint), stopping);
        var left = await _group.LeaveAsync(committing, Consumer, CancellationToken.None);
        Log.Stopped(_logger, Consumer, left);
    }

    /// <summary>Reading works, after all that comes before it did, and nothing is set aside.</summary>
    private void Counts(RedisEndpoint server)
    {
        if (!_hasCounted) Log.Counting(_logger, Consumer, _options.Stream, server.ToString());
        Volatile.Write(ref _hasCounted, true);
        _conditions.Works();
        _isWorkedOut = false;
        _backoff.Reset();
    }

    private async Task JoinAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        foreach (var slot in _slots)
        {
            _commitsKnown = Math.Max(_commitsKnown, slot.CommitsKnown);
            slot.CommitsKnown = 0;
        }

        var joined = await _group.JoinAsync(connection, _options.SessionRetain, cancellationToken);
        if (joined.State == GroupState.Recreated) _conditions.Happened(Conditions.GroupLost, $"group {_options.Group} of {_options.Stream}, floor {joined.Floor}");
        if (joined.Commits < _commitsKnown) _conditions.Happened(Conditions.StateLost, $"{_options.Stream} went back from {_commitsKnown} commits to {joined.Commits}");
        _commitsKnown = joined.Commits;
    }

    private async Task TakeCatalogAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var catalog = await StoredCatalog.ReadAsync(connection, _group.Keys, cancellationToken);
        if (_catalog?.Version == catalog.Version) return;
        if (_catalog is not null || catalog.Version > 0) Log.Views(_logger, Consumer, catalog.Views.Count, catalog.Version);
        _catalog = catalog;
        _slots = [.. Enumerable.Range(0, _options.BatchesInFlight).Select(_ => _newSlot(catalog))];
    }

    private async Task HandleAsync(Exception exception, CancellationToken stopping)
    {
        _metrics.EpochEnded(WorkerFaults.OutcomeOf(exception));
        if (exception is EntriesMissingException missing)
        {
            // A peer took over while we were away. What is still ours is taken up at once.
            _metrics.Missing(missing.Count);
            _conditions.Happened(Conditions.TakenOver, $"{missing.Count} entries");
            return;
        }

        if (exception is ViewsChangedException) return; // the next epoch reads them

        // What may be the fault of an entry, the next epoch works out, and says what it found. Only what comes again is not of that kind.
        if (!WorkerFaults.MayBeOfEntries(exception) || _isWorkedOut) _conditions.StandsStill(exception);
        _isWorkedOut = WorkerFaults.MayBeOfEntries(exception);
        try
        {
            await _backoff.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            // stopping; the loop sees it
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Information, "{Consumer} counts {Stream} on {Redis}")]
        public static partial void Counting(ILogger logger, string consumer, string stream, string redis);

        [LoggerMessage(2102, LogLevel.Information, "{Consumer} stopped, {Left} entries left for its peers")]
        public static partial void Stopped(ILogger logger, string consumer, long left);

        [LoggerMessage(2108, LogLevel.Information, "{Consumer} counts {Views} declared views, version {Version}")]
        public static partial void Views(ILogger logger, string consumer, int views, long version);
    }
}
