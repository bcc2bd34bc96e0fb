using System.Diagnostics;

namespace Streamgauge.Drills;

/// <summary>What was sent and what was heard of it: one outcome per event. Thread-safe.</summary>
internal sealed class EventLedger
{
    private readonly List<Line> _lines = [];
    private readonly Lock _gate = new();

    /// <summary>Events sent so far; their numbers are 0 to here.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _lines.Count;
        }
    }

    /// <summary>What is known of one event.</summary>
    public Line this[int number]
    {
        get
        {
            lock (_gate) return _lines[number];
        }
    }

    /// <summary>Notes an event that is about to be sent; unknown until it is settled.</summary>
    /// <returns>Its number.</returns>
    public int Begin()
    {
        lock (_gate)
        {
            _lines.Add(default);
            return _lines.Count - 1;
        }
    }

    public void Settle(int number, Outcome outcome)
    {
        var line = new Line(outcome, Stopwatch.GetTimestamp());
        lock (_gate) _lines[number] = line;
    }

    public int CountOf(Outcome outcome)
    {
        lock (_gate) return _lines.Count(line => line.Outcome == outcome);
    }

    /// <param name="SettledAt">Timestamp of <see cref="Stopwatch"/>; 0 while unknown.</param>
    public readonly record struct Line(Outcome Outcome, long SettledAt);
}
