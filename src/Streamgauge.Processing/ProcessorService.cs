using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Runs the workers of this process, its watch, its audits and its reports, and drains the workers when it stops.</summary>
public sealed class ProcessorService : BackgroundService
{
    private readonly ShardWorker[] _workers;
    private readonly ConditionWatch _conditions;
    private readonly StreamWatch _watch;
    private readonly AuditLoop _audits;
    private readonly ActivityReporter _reporter;

    public ProcessorService(ProcessorOptions options, ProcessorMetrics metrics, ILogger<ProcessorService> logger, TimeProvider time)
    {
        _workers = [.. Enumerable.Range(1, options.Workers).Select(number => new ShardWorker(options, number, metrics, logger, time))];
        _conditions = new ConditionWatch(options.Group, metrics.Conditions, logger, time);
        _watch = new StreamWatch(options, metrics.Watch, _conditions, time);
        _audits = new AuditLoop(options, metrics.Audits, _conditions, logger, time);
        _reporter = new ActivityReporter(options, _workers, logger, time);
    }

    /// <summary>Why this process does not count at the moment; null while every worker does.</summary>
    public string? Problem => Array.Find(_workers, worker => worker.Problem is not null)?.Problem;

    /// <summary>Whether it cannot go on before somebody has changed something.</summary>
    public bool NeedsPerson => Array.Exists(_workers, worker => worker.Blocking?.Condition.Kind == ConditionKind.NeedsPerson);

    /// <summary>What somebody should look at while it counts.</summary>
    public IReadOnlyList<ActiveCondition> Cautions => _conditions.Standing;

    public override void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        _conditions.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll([
        .. _workers.Select(worker => Task.Run(() => worker.RunAsync(stoppingToken), CancellationToken.None)),
        Task.Run(() => _watch.RunAsync(stoppingToken), CancellationToken.None),
        Task.Run(() => _audits.RunAsync(stoppingToken), CancellationToken.None),
        Task.Run(() => _reporter.RunAsync(stoppingToken), CancellationToken.None)]);
}
