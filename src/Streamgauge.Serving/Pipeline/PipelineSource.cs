using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>Looks at the pipeline once a second, whoever asks, and remembers the last minutes.</summary>
internal sealed partial class PipelineSource(IOptions<ServingOptions> options, SnapshotSource snapshots, HealthReporter health, ILogger<PipelineSource> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(20); // until there are counters: a page opened at the start need not wait for a second
    private readonly ServingOptions _options = options.Value;
    private readonly ProcessorTable _table = new(time);
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipelineAnswer? _current;

    /// <summary>Tells histories of different processes apart.</summary>
    public string Incarnation { get; } = Guid.NewGuid().ToString("N")[..8];

    public PipelineHistory History { get; } = new();

    /// <summary>The newest look; null before the first counters were read.</summary>
    public PipelineAnswer? Current => Volatile.Read(ref _current);

    /// <summary>Completes with the look after the one that is current now.</summary>
    public Task NextLook
    {
        get
        {
            lock (_gate) return _next.Task;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var client = new RedisClient(_options.Endpoint, _options.Connection);
        var reports = new ProcessorReports(new StreamKeys(_options.Stream));
        while (snapshots.Current is null && !stoppingToken.IsCancellationRequested) await Task.Delay(FirstPoll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timer = new PeriodicTimer(Every, time);
        var hasFailed = false;
        do
        {
            try
            {
                if (snapshots.Current is { } snapshot) await LookAsync(client, reports, snapshot, stoppingToken);
                hasFailed = false;
            }
            catch (Exception e)
            {
                // One look that fails must not end them all, nor the process with them.
                if (!hasFailed) Log.LookFailed(logger, e);
                hasFailed = true;
            }
        }
        while (await TickAsync(timer, stoppingToken));
    }

    private async Task LookAsync(RedisClient client, ProcessorReports reports, ServedSnapshot snapshot, CancellationToken stoppingToken)
    {
        var isAway = snapshots.DegradedFor(snapshot) is not null || !await TryUpdateAsync(client, reports, snapshot.Counters.Group.Consumers, stoppingToken);
        var answer = AnswerOf(snapshot, isAway);
        History.Add(answer.Now); // before it is told of, so that nobody goes on behind a point that is not kept
        Publish(answer);
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> TryUpdateAsync(RedisClient client, ProcessorReports reports, IReadOnlyList<ConsumerStatus> consumers, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await client.GetAsync(cancellationToken);
            _table.Update(consumers, await reports.ReadAsync(connection, consumers.Select(consumer => consumer.Name), cancellationToken));
            return true;
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException or ObjectDisposedException)
        {
            return false; // the snapshot's refresh meets the same failure and logs it once
        }
    }

    private PipelineAnswer AnswerOf(ServedSnapshot snapshot, bool isAway)
    {
        var (counters, books, group) = (snapshot.Counters, snapshot.Counters.Books, snapshot.Counters.Group);
        var summary = Answers.Summary(snapshot, snapshots.DegradedFor(snapshot));
        var overview = summary.Overview;
        var checks = health.Check();
        var problems = checks.Checks.Where(check => check.Status != "healthy").Select(check => new PipelineProblem(check.Name, check.Status, check.Detail)).ToList();
        if (!isAway && NobodyCounts(counters) is { } nobody) problems.Add(nobody);
        var second = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        if (_current is { } last && second <= last.Now.T) second = last.Now.T.AddSeconds(1); // each point has a second of its own, also when the clock is set back
        var now = isAway
            ? new PipelinePoint(second, EventsPerSecond: null, Total: null, P50: null, P95: null, P99: null, Lag: null, Pending: null, Undelivered: null)
            : new PipelinePoint(
                second, summary.EventsPerSecond, overview.TotalCount, _table.Latency(0.5), _table.Latency(0.95), _table.Latency(0.99),
                Answers.Seconds(group.Lag), group.Pending, counters.Undelivered);
        return new PipelineAnswer(
            summary.AsOf, summary.CompleteThrough, summary.LagSeconds, isAway, _options.Stream, _options.Group, problems.Count > 0 && checks.Status == "healthy" ? "degraded" : checks.Status, problems,
            new PipelineTotals(overview.TotalCount, overview.TotalValue, overview.Sessions, overview.DeadLettered, books.Late, books.Clamped, books.Lost, books.Residue),
            overview.LastUpdated, now, _table.Stages, _table.Processors,
            new PipelineDeadLetters(counters.DeadLetters.Stored, counters.DeadLetters.Oldest is { } oldest ? Math.Max(0, Math.Round((group.Now - oldest).TotalSeconds, 1)) : 0));
    }

    // Lag says so too, once it has grown; who looks at the page should not have to wait for that.
    private PipelineProblem? NobodyCounts(AggregatesSnapshot counters)
    {
        var waiting = counters.Group.Pending + (counters.Undelivered ?? 0);
        if (waiting == 0 || _table.Processors.Any(processor => processor.State != ProcessorState.Silent)) return null;
        return new PipelineProblem("processors", "degraded", $"{waiting} entries wait, and no processor gives a sign of life: start one with `streamgauge process`.");
    }

    private void Publish(PipelineAnswer answer)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            Volatile.Write(ref _current, answer);
            told = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(4030, LogLevel.Error, "The state of the pipeline could not be made up, and is tried again every second; the last one is served meanwhile")]
        public static partial void LookFailed(ILogger logger, Exception cause);
    }
}
