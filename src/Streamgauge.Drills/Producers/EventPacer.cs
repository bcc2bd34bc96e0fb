using System.Diagnostics;

namespace Streamgauge.Drills;

/// <summary>Says how many events are due: a steady rate, in small steps; what an outage held up is not made up for.</summary>
internal sealed class EventPacer(double rate)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private long _last = Stopwatch.GetTimestamp();
    private double _owed;

    /// <summary>Waits a step.</summary>
    /// <returns>Events to send now, at most those of a quarter of a second.</returns>
    public async Task<int> NextAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Step, cancellationToken);
        var now = Stopwatch.GetTimestamp();
        _owed = Math.Min(rate / 4 + 1, _owed + Stopwatch.GetElapsedTime(_last, now).TotalSeconds * rate);
        _last = now;
        var due = (int)_owed;
        _owed -= due;
        return due;
    }
}
