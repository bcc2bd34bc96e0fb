using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>Keeps the latest counters in memory: one reader per process, whatever the number of API requests. Keeps the last ones while Redis is away.</summary>
internal sealed class SnapshotSource : BackgroundService
{
    private static readonly TimeSpan RetryPauseMax = TimeSpan.FromSeconds(1);

    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly ServingMetrics _metrics;
    private readonly ConditionWatch _conditions;
    private readonly AggregatesReader _reader;
    private readonly SessionsReader _sessions;
    private readonly ViewStore _views;
    private readonly RateWindow _rate = new();
    private RespConnection? _prepared; // the connection known to have the function library
    private ServedSnapshot? _current;

    public SnapshotSource(IOptions<ServingOptions> options, ViewStore views, TimeProvider time, IMeterFactory meters, ILogger<SnapshotSource> logger)
    {
        _options = options.Value;
        _views = views;
        _time = time;
        var keys = new StreamKeys(_options.Stream);
        _reader = new AggregatesReader(keys, _options.Group);
        _sessions = new SessionsReader(keys, _options.Group);
        _metrics = new ServingMetrics(meters, this, _options.ProductSeriesMax);
        _conditions = new ConditionWatch($"The API's reader of {_options.Stream}", _metrics.Conditions, logger, time);
    }

    /// <summary>The last counters read; null until the first read has succeeded.</summary>
    public ServedSnapshot? Current => Volatile.Read(ref _current);

    /// <summary>Why refreshes fail; null while they succeed.</summary>
    public ActiveCondition? Outage => _conditions.Blocking;

    /// <summary>How old the counters are.</summary>
    public TimeSpan AgeOf(ServedSnapshot snapshot) => _time.GetElapsedTime(snapshot.ReadAt);

    /// <summary>The age to show when answers must say degraded; null when all is well.</summary>
    /// <remarks>Also says so before the first failure is known: a stalled Redis lets a command run into its timeout first.</remarks>
    public TimeSpan? DegradedFor(ServedSnapshot snapshot)
    {
        var age = AgeOf(snapshot);
        return Outage is not null || age > _options.DegradedAfter ? age : null;
    }

    public override void Dispose()
    {
        _conditions.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var client = new RedisClient(_options.Endpoint, _options.Connection);
        var backoff = new Backoff(_options.RefreshInterval, TimeSpan.FromTicks(Math.Max(RetryPauseMax.Ticks, _options.RefreshInterval.Ticks)), _time);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = _options.RefreshInterval;
            try
            {
                await RefreshAsync(client, stoppingToken);
                backoff.Reset();
                _conditions.Works();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                pause = backoff.Next();
                _metrics.RefreshFailed();
                _prepared = null; // the library may be what is missing
                _conditions.StandsStill(e);
            }

            await Task.Delay(pause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RefreshAsync(RedisClient client, CancellationToken cancellationToken)
    {
        var connection = await client.GetAsync(cancellationToken);
        if (connection != _prepared)
        {
            await FunctionLibrary.EnsureLoadedAsync(connection, cancellationToken);
            _prepared = connection;
        }

        var commits = await _views.RefreshAsync(connection, cancellationToken);
        var last = Current;
        var isDue = last is null || AgeOf(last) >= _options.FullReadInterval;
        if (!isDue && commits == last!.Counters.Commits) return;

        var startedAt = _time.GetTimestamp(); // the counters are at least as new as this
        var counters = await _reader.ReadAsync(connection, cancellationToken);
        var sessions = await _sessions.ReadPageAsync(connection, cursor: null, AggregatesQuery.SessionsDefault, cancellationToken);
        var rate = _rate.Add(counters.Group.Now, counters.TotalCount);
        Volatile.Write(ref _current, new ServedSnapshot(counters, sessions ?? SessionsPage.Empty, rate, startedAt));
        _metrics.Refreshed(_time.GetElapsedTime(startedAt));
    }
}
