namespace Streamgauge.Views.Tests;

/// <summary>Finds the edges of points by looking at the clock every quarter of an hour.</summary>
internal static class NaiveEdges
{
    private const long QuarterMs = 900_000;

    public static long[] Between(long fromMs, long toMs, TimeSpan step, TimeZoneInfo zone, int before)
    {
        var marks = new List<long>();
        var offsetMs = Offset(zone, fromMs);
        var stepMs = (long)step.TotalMilliseconds;
        for (var ms = (fromMs / QuarterMs * QuarterMs) - ((before + 2) * stepMs) - (4 * 24 * 4 * QuarterMs); ms < toMs + (2 * stepMs) + (24 * 8 * QuarterMs); ms += QuarterMs)
        {
            var isMark = step.Days == 0 ? (ms + offsetMs) % stepMs == 0
                : Date(zone, ms) != Date(zone, ms - 1) && (step.Days != 7 || Date(zone, ms).DayOfWeek == DayOfWeek.Monday);
            if (isMark) marks.Add(ms);
        }

        var first = marks.FindLastIndex(mark => mark <= fromMs) - before;
        var last = marks.FindIndex(mark => mark >= toMs);
        return [.. marks[first..(last + 1)]];
    }

    public static long DaysBefore(TimeZoneInfo zone, long edge, int days)
    {
        var date = Date(zone, edge).AddDays(-days);
        var ms = edge;
        while (Date(zone, ms - QuarterMs) >= date) ms -= QuarterMs;
        return ms;
    }

    private static long Offset(TimeZoneInfo zone, long ms) => (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms)).TotalMilliseconds;

    private static DateOnly Date(TimeZoneInfo zone, long ms) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), zone).DateTime);
}
