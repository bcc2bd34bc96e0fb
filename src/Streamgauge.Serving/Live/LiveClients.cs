using Microsoft.Extensions.Options;

namespace Streamgauge.Serving;

/// <summary>Counts the clients that follow views, and lets no more in than allowed.</summary>
internal sealed class LiveClients(IOptions<ServingOptions> options)
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= options.Value.StreamClientsMax) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);
}
