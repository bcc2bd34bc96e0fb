using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Tells in Redis once a second what the workers of this process do, over a connection of its own: for <c>GET /v1/pipeline</c>.</summary>
/// <remarks>A report that is not written costs nothing but a line on a page: the processor is shown as silent there.</remarks>
internal sealed partial class ActivityReporter(ProcessorOptions options, IReadOnlyList<ShardWorker> workers, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly ProcessorReports _reports = new(new StreamKeys(options.Stream));

    public async Task RunAsync(CancellationToken stopping)
    {
        var hasFailed = false;
        await using var client = new RedisClient(options.Redis, options.Connection);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var connection = await client.GetAsync(stopping);
                foreach (var worker in workers) await _reports.WriteAsync(connection, worker.Report(), stopping);
                hasFailed = false;
            }
            catch (Exception e)
            {
                // Whatever it is, the next second may do better, and counting goes on. Of Redis the workers say it themselves.
                if (!hasFailed && e is not (RedisException or OperationCanceledException or ObjectDisposedException)) Log.NotReported(logger, e);
                hasFailed = true;
            }

            await Task.Delay(Every, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2120, LogLevel.Warning, "What the workers do could not be reported, and is tried again every second; counting goes on. They are shown as silent meanwhile")]
        public static partial void NotReported(ILogger logger, Exception cause);
    }
}
