namespace Streamgauge.Views;

/// <summary>Days of a time zone, numbered from 1970-01-01.</summary>
internal static class LocalDay
{
    public const long DayMs = 86_400_000;

    /// <summary>The day on the clocks at an instant.</summary>
    public static long Of(TimeZoneInfo zone, long ms) => Math.DivRem(ms + OffsetMs(zone, ms), DayMs) is var (day, rest) && rest < 0 ? day - 1 : day;

    /// <summary>The instant a day begins: its midnight, the first of two, or the end of the gap when clocks skip it.</summary>
    /// <remarks>
    /// Asks for offsets at instants only: what <see cref="TimeZoneInfo"/> says about local times is wrong where a whole day was skipped. Supposes at most one
    /// change of the clocks within a day before and after.
    /// </remarks>
    public static long StartMs(TimeZoneInfo zone, long day)
    {
        var midnight = day * DayMs; // as a reading of the clocks
        var (before, after) = (OffsetMs(zone, midnight - DayMs), OffsetMs(zone, midnight + DayMs));
        if (before == after) return midnight - before;
        var (low, high) = (midnight - DayMs, midnight + DayMs); // the change is after low, at or before high
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (OffsetMs(zone, middle) == before) low = middle;
            else high = middle;
        }

        return midnight - before < high ? midnight - before : Math.Max(midnight - after, high);
    }

    /// <summary>How far clocks are ahead of UTC at an instant.</summary>
    public static long OffsetMs(TimeZoneInfo zone, long ms) =>
        ReferenceEquals(zone, TimeZoneInfo.Utc) ? 0 : zone.GetUtcOffset(DateTime.UnixEpoch.AddMilliseconds(ms)).Ticks / TimeSpan.TicksPerMillisecond;
}
