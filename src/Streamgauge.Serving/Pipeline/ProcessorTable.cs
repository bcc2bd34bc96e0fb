using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Makes one picture of what the group knows of its consumers and what they report of themselves. Remembers which reports are new. Not thread-safe.</summary>
internal sealed class ProcessorTable(TimeProvider time)
{
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (long Sequence, long SeenAt, bool HasLived)> _seen = new(StringComparer.Ordinal);
    private readonly LogHistogram _latency = new();

    /// <summary>Latency of all that report, seconds, by quantile; null without any.</summary>
    public double? Latency(double quantile) => SecondsOf(_latency, quantile);

    public IReadOnlyList<StageShare> Stages { get; private set; } = [];

    public IReadOnlyList<ProcessorItem> Processors { get; private set; } = [];

    public void Update(IReadOnlyList<ConsumerStatus> consumers, IReadOnlyDictionary<string, ProcessorReport> reports)
    {
        var current = consumers.Where(consumer => IsAlive(consumer, reports)).ToDictionary(consumer => consumer.Name, consumer => reports[consumer.Name], StringComparer.Ordinal);
        foreach (var gone in _seen.Keys.Where(name => !reports.ContainsKey(name)).ToList()) _seen.Remove(gone);

        _latency.Clear();
        foreach (var report in current.Values) report.AddLatencyTo(_latency);
        var seconds = ProcessorStages.All.Select(stage => (Stage: stage, Seconds: current.Values.Sum(report => SecondsOf(report, stage)))).ToList();
        var all = seconds.Sum(stage => stage.Seconds);
        Stages = all <= 0 ? [] : [.. seconds.Select(stage => new StageShare(stage.Stage, Math.Round(stage.Seconds / all, 4)))];
        Processors = [.. consumers.OrderBy(consumer => consumer.Name, StringComparer.Ordinal).Select(consumer => Item(consumer, current.GetValueOrDefault(consumer.Name)))];
    }

    // A report that is seen for the first time may be what a dead processor left: it counts once it is followed by another, or when its consumer asked for entries just now.
    private bool IsAlive(ConsumerStatus consumer, IReadOnlyDictionary<string, ProcessorReport> reports)
    {
        if (!reports.TryGetValue(consumer.Name, out var report)) return false;
        var isKnown = _seen.TryGetValue(consumer.Name, out var seen);
        if (isKnown && seen.Sequence == report.Sequence) return seen.HasLived && time.GetElapsedTime(seen.SeenAt) < SilentAfter;
        _seen[consumer.Name] = (report.Sequence, time.GetTimestamp(), HasLived: isKnown || consumer.Idle < SilentAfter);
        return _seen[consumer.Name].HasLived;
    }

    private static ProcessorItem Item(ConsumerStatus consumer, ProcessorReport? report)
    {
        var idle = Math.Round(consumer.Idle.TotalSeconds, 3);
        if (report is null)
        {
            var state = consumer.Idle < SilentAfter ? ProcessorState.Waiting : ProcessorState.Silent; // one that asks for entries lives, whatever it reports
            return new ProcessorItem(consumer.Name, state, Problem: null, Since: null, Version: null, EventsPerSecond: null, Events: null, consumer.Pending, idle, P99: null, Busy: null);
        }

        var latency = new LogHistogram();
        report.AddLatencyTo(latency);
        var spent = ProcessorStages.All.Sum(stage => SecondsOf(report, stage));
        return new ProcessorItem(
            consumer.Name,
            report.Problem is not null ? ProcessorState.Blocked : report.WindowEvents > 0 ? ProcessorState.Counting : ProcessorState.Waiting,
            report.Problem, report.Since, report.Version, Math.Round(report.WindowEvents / report.WindowSeconds, 1), report.Events, consumer.Pending, idle,
            SecondsOf(latency, 0.99), spent <= 0 ? null : Math.Round(1 - (SecondsOf(report, ProcessorStages.Read) / spent), 4));
    }

    private static double SecondsOf(ProcessorReport report, string stage) => Math.Max(0, report.StageSeconds.GetValueOrDefault(stage));

    private static double? SecondsOf(LogHistogram latency, double quantile) => latency.Quantile(quantile) is { } micros ? Math.Round(micros / 1e6, 6) : null;
}
