namespace Streamgauge.Views;

/// <summary>The instants at which points may begin and end.</summary>
internal sealed class StepGrid
{
    private readonly TimeZoneInfo _zone;
    private readonly long _stepMs;
    private readonly long _days; // 0 for fixed time
    private readonly long _origin; // a day or an instant that is on the grid

    private StepGrid(TimeZoneInfo zone, TimeSpan step, long days, long origin) =>
        (_zone, Step, _stepMs, _days, _origin) = (zone, step, (long)step.TotalMilliseconds, days, origin);

    public TimeSpan Step { get; }

    /// <summary>Whether points are local days.</summary>
    public bool IsCalendar => _days > 0;

    /// <summary>Grids of a step, the nicest first: weeks from Monday, and from Thursday as stored buckets of weeks begin (1970-01-01 was one).</summary>
    /// <remarks>Fixed steps are full local hours or quarters at <paramref name="fromMs"/>, and go on evenly over a change of the clocks.</remarks>
    public static IEnumerable<StepGrid> Of(TimeSpan step, TimeZoneInfo zone, long fromMs)
    {
        var days = step.Ticks % TimeSpan.TicksPerDay == 0 ? step.Ticks / TimeSpan.TicksPerDay : 0;
        if (days == 0)
        {
            yield return new StepGrid(zone, step, 0, -LocalDay.OffsetMs(zone, fromMs));
            yield break;
        }

        if (days % 7 == 0) yield return new StepGrid(zone, step, days, 4);
        yield return new StepGrid(zone, step, days, 0);
    }

    /// <summary>The last instant of the grid at or before another.</summary>
    public long Floor(long ms) => Back(ms, 0);

    /// <summary>The first instant of the grid at or after another.</summary>
    public long Ceil(long ms)
    {
        var edge = Floor(ms);
        for (var steps = -1; edge < ms; steps--) edge = Back(ms, steps);
        return edge;
    }

    /// <summary>This many steps before <see cref="Floor"/>.</summary>
    public long Back(long ms, long steps) => IsCalendar
        ? LocalDay.StartMs(_zone, FloorTo(LocalDay.Of(_zone, ms), _days, _origin) - (steps * _days))
        : FloorTo(ms, _stepMs, _origin) - (steps * _stepMs);

    /// <summary>The instants from one to another, both on the grid.</summary>
    public long[] Edges(long fromMs, long toMs)
    {
        var edges = new List<long> { fromMs };
        for (var steps = -1; edges[^1] < toMs; steps--)
        {
            var edge = Back(fromMs, steps);
            if (edge > edges[^1]) edges.Add(edge); // a day that clocks skipped as a whole has no point
        }

        return [.. edges];
    }

    /// <summary>The instants of this many points that end where a range begins.</summary>
    public long[] EdgesBefore(long fromMs, int points)
    {
        var edges = new long[points + 1];
        edges[points] = fromMs;
        long steps = 0;
        for (var at = points - 1; at >= 0; at--)
        {
            do edges[at] = Back(fromMs, ++steps);
            while (edges[at] >= edges[at + 1]);
        }

        return edges;
    }

    /// <summary>Where a window that ends at an edge begins.</summary>
    public long WindowStart(long edge, TimeSpan window) => IsCalendar && window.Ticks % TimeSpan.TicksPerDay == 0
        ? LocalDay.StartMs(_zone, LocalDay.Of(_zone, edge) - (window.Ticks / TimeSpan.TicksPerDay))
        : edge - (long)window.TotalMilliseconds;

    private static long FloorTo(long value, long step, long origin)
    {
        var rest = (value - origin) % step;
        return value - (rest < 0 ? rest + step : rest);
    }
}
