using System.Diagnostics.Metrics;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>One series for each of the most frequent groups of a built-in view, under the documented name, which no counter may bear, and under one that a counter may.</summary>
internal sealed class GroupSeries
{
    private readonly string _label;
    private readonly int _seriesMax;
    private readonly Func<GroupTotals?> _read;
    private GroupTotals? _of;
    private Measurement<long>[] _measurements = [];

    /// <param name="documentedName">Ends in <c>count</c>, and is exposed untyped for that.</param>
    /// <param name="what">What is counted: the help text, to which each name adds where its twin is.</param>
    public GroupSeries(Meter meter, string documentedName, string counterName, string label, int seriesMax, string what, Func<GroupTotals?> read)
    {
        _label = label;
        _seriesMax = seriesMax;
        _read = read;
        meter.CreateObservableGauge(documentedName, Observe, "{event}", $"{what}; as a counter: {counterName.Replace('.', '_')}_total.");
        meter.CreateObservableCounter(counterName, Observe, "{event}", $"{what}; the same numbers as {documentedName.Replace('.', '_')}.");
    }

    // Both names ask for the same groups on every page: they are ranked once. Callbacks run one after the other.
    private Measurement<long>[] Observe()
    {
        if (_read() is not { } totals) return [];
        if (_of == totals) return _measurements;
        IEnumerable<GroupTotal> shown = totals.Top(_seriesMax);
        if (totals.Other is { } other) shown = shown.Append(other);
        _measurements = [.. shown.Select(total => new Measurement<long>(total.Count, new KeyValuePair<string, object?>(_label, total.Name)))];
        _of = totals;
        return _measurements;
    }
}
