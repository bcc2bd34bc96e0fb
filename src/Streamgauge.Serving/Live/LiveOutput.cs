using Microsoft.AspNetCore.Http;

namespace Streamgauge.Serving;

/// <summary>Writes to one client without buffering for it: an event is on its way, or there is none.</summary>
internal sealed class LiveOutput(HttpContext context, ServingOptions options, LiveMetrics metrics, TimeProvider time)
{
    /// <summary>Our clock's timestamp of the last bytes the client took.</summary>
    public long TakenAt { get; private set; } = time.GetTimestamp();

    /// <summary>Sends, and waits until the client has taken it.</summary>
    /// <returns>Whether it did so in time; if not, it has it now all the same.</returns>
    /// <exception cref="OperationCanceledException">It is gone, or was dropped because it took nothing for too long.</exception>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var beganAt = time.GetTimestamp();
        var write = WriteAsync(bytes, cancellationToken);
        try
        {
            await write.WaitAsync(options.StreamDropAfter, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            metrics.Dropped();
            context.Abort();
            await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new OperationCanceledException("The client took nothing for too long.", e);
        }

        TakenAt = time.GetTimestamp();
        return time.GetElapsedTime(beganAt) <= options.StreamSlowAfter;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(bytes, cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
