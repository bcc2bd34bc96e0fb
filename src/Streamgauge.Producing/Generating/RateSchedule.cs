namespace Streamgauge.Producing;

/// <summary>When each event of an open-loop run is due: event i at i / rate after the start.</summary>
/// <remarks>Both ways are computed from the start each time, never added up, so rounding cannot become drift. Exact for 2^53 events.</remarks>
internal readonly struct RateSchedule(double rate)
{
    /// <summary>When event <paramref name="index"/> (from 0) is due, measured from the start.</summary>
    public TimeSpan DueAt(long index) => new((long)(index / rate * TimeSpan.TicksPerSecond));

    /// <summary>How many events are due once <paramref name="elapsed"/> has passed since the start; event 0 is due at once.</summary>
    public long CountDue(TimeSpan elapsed) => elapsed < TimeSpan.Zero ? 0 : (long)(elapsed.Ticks / (double)TimeSpan.TicksPerSecond * rate) + 1;
}
