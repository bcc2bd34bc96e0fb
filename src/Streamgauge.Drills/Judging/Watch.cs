namespace Streamgauge.Drills;

/// <summary>Looks at the totals and at memory all the time, from the side.</summary>
/// <remarks>
/// And does what a service manager does: a processor that is started while Redis is away says so and ends, and is started again. One that
/// has counted must not end by itself.
/// </remarks>
internal sealed class Watch : IAsyncDisposable
{
    private const int RestartsMax = 20;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ServerProbe _probe;
    private readonly ProcessorFleet _fleet;
    private readonly Allowances _allowances;
    private readonly Task _watching;
    private long _total;
    private long _toldTotal;
    private int _restarts;

    public Watch(ServerProbe probe, ProcessorFleet fleet, Allowances allowances)
    {
        _probe = probe;
        _fleet = fleet;
        _allowances = allowances;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Times the total of all events was seen to fall although nothing was declared, with the numbers.</summary>
    public List<string> Falls { get; } = [];

    /// <summary>Processors that ended although nobody ended them.</summary>
    public List<string> Ends { get; } = [];

    /// <summary>An API whose totals are watched too.</summary>
    public ApiProcess? Api { get; set; }

    public long ProcessorBytesMax { get; private set; }

    public long ApiBytesMax { get; private set; }

    public long RedisBytesMax { get; private set; }

    /// <summary>Looks no more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _watching;
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it had to say was asked for, or the drill has failed anyhow
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            if (await _probe.TryReadTotalAsync(_stopping.Token) is { } total) Compare("the total", total, ref _total);
            if (Api is { } api && await api.TryReadTotalAsync(_stopping.Token) is { } told) Compare("the total the API tells", told, ref _toldTotal);
            RedisBytesMax = Math.Max(RedisBytesMax, await _probe.TryReadMemoryAsync(_stopping.Token) ?? 0);
            foreach (var processor in _fleet.Running) await LookAsync(processor);
            if (Api is not null) ApiBytesMax = Math.Max(ApiBytesMax, Api.Child.ResidentBytes ?? 0);
            await Task.Delay(Period, _stopping.Token);
        }
    }

    private void Compare(string what, long total, ref long before)
    {
        if (total < before && !_allowances.TotalsMayFall) Falls.Add($"{what} fell from {before:N0} to {total:N0}");
        before = total;
    }

    private async Task LookAsync(Processor processor)
    {
        if (processor.IsCondemned) return;
        ProcessorBytesMax = Math.Max(ProcessorBytesMax, processor.Child.ResidentBytes ?? 0);
        if (!processor.Child.HasExited || processor.IsCondemned) return;
        processor.IsCondemned = true; // told once
        if (processor.IsRefused && _restarts++ < RestartsMax)
        {
            await _fleet.KillAsync(processor);
            await _fleet.StartAsync();
            return;
        }

        Ends.Add($"{processor.Consumer} ended by itself: {processor.Child.LastLines}");
    }
}
