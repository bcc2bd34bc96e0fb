namespace Streamgauge.Producing;

/// <summary>When each event of an open-loop run is due: event i at i / rate after the start.</summary>
/// <remarks>Both ways are computed from the start each time, never added up, so rounding cannot become drift. Due times
/// are whole ticks (100 ns), rounded to the nearest; the half tick in <see cref="CountDue"/> is the same rounding seen from the other side.</remarks>
internal readonly struct RateSchedule(double rate)
{
    /// <summary>When event <paramref name="index"/> (from 0) is due, measured from the start.</summary>
    public TimeSpan DueAt(long index) => new((long)Math.Round(index / rate * TimeSpan.TicksPerSecond));

    /// <summary>How many events are due once <paramref name="elapsed"/> has passed since the start; event 0 is due at once.</summary>
    public long CountDue(TimeSpan elapsed) =>
        elapsed < TimeSpan.Zero ? 0 : (long)((elapsed.Ticks + 0.5) / TimeSpan.TicksPerSecond * rate) + 1;
}
