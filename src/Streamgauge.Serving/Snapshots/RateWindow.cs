namespace Streamgauge.Serving;

/// <summary>Events per second from successive totals over the last few seconds. Not thread-safe.</summary>
internal sealed class RateWindow
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SpanMin = TimeSpan.FromMilliseconds(500); // shorter would show the rhythm of commits, not the rate
    private const int PointsMax = 1_000; // a refresh every 10 ms at most, twice over

    private readonly Queue<(DateTimeOffset At, long Total)> _points = new();

    /// <summary>Takes a total; null until there is enough to say.</summary>
    /// <param name="at">Redis's clock, which ran between the totals, not ours, which ran between the replies.</param>
    public decimal? Add(DateTimeOffset at, long total)
    {
        if (_points.Count > 0 && (total < _points.Last().Total || at < _points.Last().At)) _points.Clear(); // Redis lost state, or its clock was set back
        _points.Enqueue((at, total));
        while (_points.Count > PointsMax) _points.Dequeue();

        // The point just outside the window stays, so that the window is always covered whole.
        while (_points.Count > 2 && at - _points.ElementAt(1).At >= Span) _points.Dequeue();
        var first = _points.Peek();
        var elapsed = at - first.At;
        return elapsed < SpanMin ? null : Math.Round((total - first.Total) / ((decimal)elapsed.Ticks / TimeSpan.TicksPerSecond), 1);
    }
}
