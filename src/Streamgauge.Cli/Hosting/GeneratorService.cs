using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streamgauge.Producing;

namespace Streamgauge.Cli;

/// <summary>Runs the generator as a role; when it has made all it should, the process goes on or stops as asked.</summary>
internal sealed partial class GeneratorService(
    GeneratorOptions options, BufferingSender sender, IHostApplicationLifetime lifetime, GeneratorEnd end, ILogger<GeneratorService> logger, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before everything else runs: a process that cannot listen must not have produced anything.
        using var startedOrStopped = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken);
        await Task.Delay(Timeout.Infinite, startedOrStopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested) return;
        Log.Producing(logger, sender.Producer, options.Rate);
        try
        {
            var progress = await Task.Run(() => new GeneratorLoop(options, time).RunAsync(sender, stoppingToken), CancellationToken.None);
            end.Outcome = options.Count is { } count && progress.Sent < count ? ExitCodes.Interrupted : ExitCodes.Ok;
            Log.Produced(logger, sender.Producer, progress.Sent, progress.ActualRate);
        }
        catch (OperationCanceledException)
        {
            end.Outcome = ExitCodes.Failure; // what is lost with it, the sender says when it ends
        }

        if (end.StopsProcess) lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Information, "{Producer} produces {Rate} events/s (0: as fast as possible)")]
        public static partial void Producing(ILogger logger, string producer, double rate);

        [LoggerMessage(3102, LogLevel.Information, "{Producer} produced {Events} events at {Rate:0} events/s; all are in the stream")]
        public static partial void Produced(ILogger logger, string producer, long events, double rate);
    }
}

/// <summary>What happens when the generator is done, and how it ended.</summary>
internal sealed class GeneratorEnd
{
    public bool StopsProcess { get; init; }

    /// <summary>Exit code it stands for.</summary>
    public int Outcome { get; set; }
}
