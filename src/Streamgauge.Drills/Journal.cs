using System.Diagnostics;
using System.Globalization;

namespace Streamgauge.Drills;

/// <summary>What was done when, and how long it took to recover. Thread-safe.</summary>
internal sealed class Journal(Action<string> progress)
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<Recovery> _recoveries = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public IReadOnlyList<Recovery> Recoveries
    {
        get
        {
            lock (_gate) return [.. _recoveries];
        }
    }

    /// <summary>How often each kind of fault was injected.</summary>
    public IReadOnlyDictionary<string, int> Counts
    {
        get
        {
            lock (_gate) return new Dictionary<string, int>(_counts, StringComparer.Ordinal);
        }
    }

    /// <summary>Notes a fault and tells whoever watches.</summary>
    /// <param name="kind">Counted by kind.</param>
    /// <param name="detail">What it hit.</param>
    public void Note(string kind, string detail)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{_time.Elapsed.TotalSeconds,6:0.0} s  {kind}: {detail}");
        lock (_gate)
        {
            _lines.Add(line);
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        }

        progress(line);
    }

    public void NoteRecovery(Recovery recovery)
    {
        lock (_gate) _recoveries.Add(recovery);
    }
}
