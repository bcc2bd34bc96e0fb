using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Tells in Redis once a second what the workers of this process do, over a connection of its own: for <c>GET /v1/pipeline</c>.</summary>
/// <remarks>A report that is not written costs nothing but a line on a page: the processor is shown as silent there.</remarks>
internal sealed class ActivityReporter(ProcessorOptions options, IReadOnlyList<ShardWorker> workers, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly ProcessorReports _reports = new(new StreamKeys(options.Stream));

    public async Task RunAsync(CancellationToken stopping)
    {
        await using var client = new RedisClient(options.Redis, options.Connection);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var connection = await client.GetAsync(stopping);
                foreach (var worker in workers) await _reports.WriteAsync(connection, worker.Report(), stopping);
            }
            catch (Exception e) when (e is RedisException or ObjectDisposedException || (e is OperationCanceledException && stopping.IsCancellationRequested))
            {
                // The workers met the same, and say so; a Redis that is full takes no reports, and counting goes on.
            }

            await Task.Delay(Every, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
