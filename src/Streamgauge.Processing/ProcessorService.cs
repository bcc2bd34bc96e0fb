using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Runs the workers of this process and drains them when it stops.</summary>
public sealed class ProcessorService : BackgroundService
{
    private readonly ShardWorker[] _workers;

    public ProcessorService(ProcessorOptions options, ProcessorMetrics metrics, ILogger<ProcessorService> logger, TimeProvider time)
    {
        _workers = [.. Enumerable.Range(1, options.Workers).Select(number => new ShardWorker(options, number, metrics, logger, time))];
    }

    /// <summary>Why this process does not count at the moment; null while every worker does.</summary>
    public string? Problem => Array.Find(_workers, worker => worker.Problem is not null)?.Problem;

    /// <summary>Whether it cannot go on before somebody has changed something.</summary>
    public bool NeedsPerson => Array.Exists(_workers, worker => worker.Blocking?.Condition.Kind == ConditionKind.NeedsPerson);

    public override void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_workers.Select(worker => Task.Run(() => worker.RunAsync(stoppingToken), CancellationToken.None)));
}
