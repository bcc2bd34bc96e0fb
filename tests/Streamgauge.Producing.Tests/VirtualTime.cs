namespace Streamgauge.Producing.Tests;

/// <summary>Time that passes only when someone sleeps or a test says so: a sleep returns at once, the clock having moved on by it.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeSpan Now { get; private set; }

    public long NowMs => (Epoch + Now).ToUnixTimeMilliseconds();

    /// <summary>How much later than asked for a sleep ends, as real timers do.</summary>
    public Func<TimeSpan> Lateness { get; set; } = () => TimeSpan.Zero;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Epoch + Now;

    public void Advance(TimeSpan by) => Now += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Deadlines never fire here; only sleeps of up to a second are sleeps.
        if (dueTime <= TimeSpan.FromSeconds(1) && dueTime >= TimeSpan.Zero)
        {
            Now += dueTime + Lateness();
            callback(state);
        }

        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
