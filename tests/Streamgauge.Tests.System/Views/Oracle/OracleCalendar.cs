namespace Streamgauge.Tests.System;

/// <summary>Local days, found by looking at the clock every quarter of an hour.</summary>
internal sealed class OracleCalendar
{
    private const long QuarterMs = 900_000;
    private const long DayMs = 86_400_000;
    private static readonly Dictionary<(string, long), OracleCalendar> Known = [];
    private readonly TimeZoneInfo _zone;
    private readonly List<(DateOnly Date, long StartMs)> _days = [];

    private OracleCalendar(TimeZoneInfo zone, long nowMs)
    {
        _zone = zone;
        var first = (nowMs / QuarterMs * QuarterMs) - (900 * DayMs);
        for (var ms = first; ms < nowMs + (20 * DayMs); ms += QuarterMs)
        {
            var date = DateOf(ms);
            if (ms > first && DateOf(ms - QuarterMs) < date) _days.Add((date, ms));
        }
    }

    /// <param name="zone">As the API takes it; null for UTC.</param>
    public static OracleCalendar Of(string? zone, long nowMs)
    {
        var key = (zone ?? "UTC", nowMs / DayMs);
        lock (Known)
        {
            if (!Known.TryGetValue(key, out var calendar)) Known.Add(key, calendar = new OracleCalendar(ZoneOf(key.Item1), nowMs));
            return calendar;
        }
    }

    /// <summary>How far clocks are ahead of UTC.</summary>
    public long OffsetMs(long ms) => (long)_zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms)).TotalMilliseconds;

    /// <summary>Begins of local days, or of weeks from Monday.</summary>
    public IReadOnlyList<long> Starts(bool weeks) => [.. _days.Where(day => !weeks || day.Date.DayOfWeek == DayOfWeek.Monday).Select(day => day.StartMs)];

    /// <summary>The instant so many days before the day that begins at an instant.</summary>
    public long DaysBefore(long startMs, int days)
    {
        var date = DateOf(startMs).AddDays(-days);
        return _days.First(day => day.Date >= date).StartMs;
    }

    private static TimeZoneInfo ZoneOf(string zone) => zone == "+05:30"
        ? TimeZoneInfo.CreateCustomTimeZone(zone, new TimeSpan(5, 30, 0), zone, zone)
        : TimeZoneInfo.FindSystemTimeZoneById(zone);

    private DateOnly DateOf(long ms) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms + OffsetMs(ms)).UtcDateTime);
}
