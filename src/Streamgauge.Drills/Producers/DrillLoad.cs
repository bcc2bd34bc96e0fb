namespace Streamgauge.Drills;

/// <summary>All producers of a drill, running until they are stopped.</summary>
internal sealed class DrillLoad : IAsyncDisposable
{
    private static readonly TimeSpan FinishBound = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public DrillLoad(IReadOnlyList<IDrillProducer> producers)
    {
        Producers = producers;
        _running = Task.WhenAll(producers.Select(producer => Task.Run(() => producer.RunAsync(_stopping.Token))));
    }

    public IReadOnlyList<IDrillProducer> Producers { get; }

    /// <summary>No further events; waits for what is on its way.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // stopped
        }

        await Task.WhenAll(Producers.Select(producer => producer.FinishAsync(FinishBound)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var producer in Producers) await producer.DisposeAsync();
        _stopping.Dispose();
    }
}
