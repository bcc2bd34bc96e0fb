using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>Keeps the latest counters in memory: one reader per process, whatever the number of API requests. Keeps the last ones while Redis is away.</summary>
internal sealed partial class SnapshotSource : BackgroundService
{
    private static readonly TimeSpan RetryPauseMax = TimeSpan.FromSeconds(1);

    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly ServingMetrics _metrics;
    private readonly ILogger<SnapshotSource> _logger;
    private readonly AggregatesReader _reader;
    private readonly SessionsReader _sessions;
    private readonly ViewStore _views;
    private readonly RateWindow _rate = new();
    private RespConnection? _prepared; // the connection known to have the function library
    private ServedSnapshot? _current;
    private Outage? _outage;

    public SnapshotSource(IOptions<ServingOptions> options, ViewStore views, TimeProvider time, IMeterFactory meters, ILogger<SnapshotSource> logger)
    {
        _options = options.Value;
        _views = views;
        _time = time;
        _logger = logger;
        var keys = new StreamKeys(_options.Stream);
        _reader = new AggregatesReader(keys, _options.Group);
        _sessions = new SessionsReader(keys, _options.Group);
        _metrics = new ServingMetrics(meters, this);
    }

    /// <summary>The last counters read; null until the first read has succeeded.</summary>
    public ServedSnapshot? Current => Volatile.Read(ref _current);

    /// <summary>Null while refreshes succeed.</summary>
    public Outage? Outage => Volatile.Read(ref _outage);

    /// <summary>How old the counters are.</summary>
    public TimeSpan AgeOf(ServedSnapshot snapshot) => _time.GetElapsedTime(snapshot.ReadAt);

    /// <summary>The age to show when answers must say degraded; null when all is well.</summary>
    /// <remarks>Also says so before the first failure is known: a stalled Redis lets a command run into its timeout first.</remarks>
    public TimeSpan? DegradedFor(ServedSnapshot snapshot)
    {
        var age = AgeOf(snapshot);
        return Outage is not null || age > _options.DegradedAfter ? age : null;
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
                EndOutage();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                pause = backoff.Next();
                BeginOutage(e);
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

    private void BeginOutage(Exception cause)
    {
        _metrics.RefreshFailed();
        _prepared = null; // the library may be what is missing
        if (Outage is not null) return;
        var reason = ReasonOf(cause);
        Volatile.Write(ref _outage, new Outage(_time.GetUtcNow(), reason));
        if (cause is RedisException) Log.Away(_logger, _options.Endpoint, cause.Message);
        else Log.RefreshBroke(_logger, cause);
    }

    private void EndOutage()
    {
        if (Outage is not { } outage) return;
        Volatile.Write(ref _outage, null);
        Log.Back(_logger, _options.Endpoint, (_time.GetUtcNow() - outage.Since).TotalSeconds);
    }

    private static string ReasonOf(Exception cause) => cause switch
    {
        RedisConnectionException => "Redis cannot be reached",
        RedisTimeoutException => "Redis does not answer in time",
        RedisReplyException reply => $"Redis answers with the error {reply.Code}",
        _ => "the counters cannot be read, see the log",
    };

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Warning, "Counters cannot be read from {Endpoint}, so answers show the last ones and say degraded: {Reason}")]
        public static partial void Away(ILogger logger, RedisEndpoint endpoint, string reason);

        [LoggerMessage(4002, LogLevel.Information, "Counters can be read from {Endpoint} again after {OutageSeconds:0.0} s")]
        public static partial void Back(ILogger logger, RedisEndpoint endpoint, double outageSeconds);

        [LoggerMessage(4003, LogLevel.Error, "Counters cannot be read for a reason that is not Redis; answers show the last ones")]
        public static partial void RefreshBroke(ILogger logger, Exception cause);
    }
}
