namespace Streamgauge.Views;

/// <summary>Days of a time zone, numbered from 1970-01-01.</summary>
internal static class LocalDay
{
    public const long DayMs = 86_400_000;

    /// <summary>The day on the clocks at an instant.</summary>
    public static long Of(TimeZoneInfo zone, long ms) => Math.DivRem(ms + OffsetMs(zone, ms), DayMs) is var (day, rest) && rest < 0 ? day - 1 : day;

    /// <summary>The instant a day begins: its midnight, the first of two, or the end of the gap when clocks skip it.</summary>
    public static long StartMs(TimeZoneInfo zone, long day)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc)) return day * DayMs;
        var local = DateTime.UnixEpoch.AddDays(day);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1); // rare: an hour at most, once a day was skipped
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return (local - offset - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
    }

    /// <summary>How far clocks are ahead of UTC at an instant.</summary>
    public static long OffsetMs(TimeZoneInfo zone, long ms) =>
        ReferenceEquals(zone, TimeZoneInfo.Utc) ? 0 : zone.GetUtcOffset(DateTime.UnixEpoch.AddMilliseconds(ms)).Ticks / TimeSpan.TicksPerMillisecond;
}
