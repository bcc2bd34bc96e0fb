namespace Streamgauge.Drills;

/// <summary>How slow a network is, per piece of at most 16 KiB and direction.</summary>
/// <param name="Delay">Every piece waits so long.</param>
/// <param name="Jitter">And up to so much longer.</param>
/// <param name="BytesPerSecond">Null for no bound.</param>
internal sealed record LinkSpeed(TimeSpan Delay, TimeSpan Jitter, int? BytesPerSecond = null)
{
    public static readonly LinkSpeed Full = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Waits as long as so many bytes take.</summary>
    public Task WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        var wait = Delay + Jitter * Random.Shared.NextDouble() + (BytesPerSecond is { } rate ? TimeSpan.FromSeconds((double)bytes / rate) : TimeSpan.Zero);
        return wait > TimeSpan.Zero ? Task.Delay(wait, cancellationToken) : Task.CompletedTask;
    }
}
