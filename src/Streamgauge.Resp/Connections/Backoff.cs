namespace Streamgauge.Resp;

/// <summary>Pauses that double with each failure, with jitter so that many clients do not return in step. Not thread-safe.</summary>
/// <remarks>
/// The n-th pause, counted from 0, is drawn evenly from <c>[whole/2, whole]</c> where <c>whole = min(max, initial * 2^n)</c>.
/// Never less than half, so that it always is a pause.
/// </remarks>
public sealed class Backoff
{
    private readonly TimeSpan _initial;
    private readonly TimeSpan _max;
    private readonly TimeProvider _time;
    private readonly Random _random;

    /// <param name="initial">The first whole pause; positive.</param>
    /// <param name="max">The longest pause; at least <paramref name="initial"/>.</param>
    /// <param name="time">Clock that <see cref="WaitAsync"/> waits by.</param>
    /// <param name="random">Source of jitter; null for the shared one.</param>
    public Backoff(TimeSpan initial, TimeSpan max, TimeProvider time, Random? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(initial, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, initial);
        ArgumentNullException.ThrowIfNull(time);
        _initial = initial;
        _max = max;
        _time = time;
        _random = random ?? Random.Shared;
    }

    /// <summary>Pauses taken since the last <see cref="Reset"/>.</summary>
    public int Attempt { get; private set; }

    /// <summary>Begins again with the shortest pause. Call it after a success.</summary>
    public void Reset() => Attempt = 0;

    /// <summary>Counts one failure and returns the pause to make before the next attempt.</summary>
    public TimeSpan Next()
    {
        // In double, where 2^n cannot overflow: it becomes infinite, and the minimum takes max.
        var whole = Math.Min(_max.TotalMilliseconds, _initial.TotalMilliseconds * Math.Pow(2, Attempt));
        if (Attempt < int.MaxValue) Attempt++;
#pragma warning disable CA5394 // jitter spreads load and guards nothing; a secure generator would add nothing
        return TimeSpan.FromMilliseconds(whole * (0.5 + _random.NextDouble() / 2));
#pragma warning restore CA5394
    }

    /// <summary>Waits for <see cref="Next"/>.</summary>
    public Task WaitAsync(CancellationToken ct) => Task.Delay(Next(), _time, ct);
}
