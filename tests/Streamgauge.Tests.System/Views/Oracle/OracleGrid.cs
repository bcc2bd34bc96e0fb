namespace Streamgauge.Tests.System;

/// <summary>Where the points of a question may begin and end.</summary>
internal sealed class OracleGrid
{
    private const long DayMs = 86_400_000;
    private readonly OracleCalendar _calendar;
    private readonly IReadOnlyList<long>? _days; // null for steps of fixed time
    private readonly long _stepMs;
    private readonly long _offsetMs;
    private readonly string? _window;

    /// <param name="nearMs">Whose full local hours, quarters, … fixed steps follow.</param>
    public OracleGrid(OracleQuery query, long nowMs, long nearMs)
    {
        _calendar = OracleCalendar.Of(query.TimeZone, nowMs);
        _stepMs = Lengths.Ms(query.Step!);
        _window = query.Window;
        _offsetMs = _calendar.OffsetMs(nearMs);
        if (_stepMs % DayMs != 0) return;
        if (_stepMs is not (DayMs or 7 * DayMs)) throw new ArgumentException($"the oracle knows days and weeks, not {query.Step}", nameof(query));
        _days = _calendar.Starts(weeks: _stepMs == 7 * DayMs);
    }

    /// <summary>The edge at or before an instant, or so many before that.</summary>
    public long Back(long ms, int steps) => _days is null
        ? ((ms + _offsetMs) / _stepMs * _stepMs) - _offsetMs - (steps * _stepMs)
        : _days[IndexOf(ms) - steps];

    public long Ceil(long ms) => Back(ms, 0) is var edge && edge == ms ? ms : Back(ms, -1);

    public List<long> Edges(long fromMs, long toMs)
    {
        var edges = new List<long>();
        for (var steps = 0; edges.Count == 0 || edges[^1] < toMs; steps++) edges.Add(Back(fromMs, -steps));
        return edges;
    }

    public List<long> EdgesBefore(long fromMs, int points) => [.. Enumerable.Range(0, points + 1).Select(at => Back(fromMs, points - at))];

    public long WindowStart(long startMs, long endMs) => _window is null ? startMs
        : _days is not null && Lengths.Ms(_window) % DayMs == 0 ? _calendar.DaysBefore(endMs, (int)(Lengths.Ms(_window) / DayMs))
        : endMs - Lengths.Ms(_window);

    private int IndexOf(long ms)
    {
        for (var at = _days!.Count - 1; at >= 0; at--)
        {
            if (_days[at] <= ms) return at;
        }

        throw new ArgumentException("before all days the oracle knows", nameof(ms));
    }
}
