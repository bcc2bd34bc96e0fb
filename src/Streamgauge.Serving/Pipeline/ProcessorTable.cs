using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Makes one picture of what the group knows of its consumers and what they report of themselves. Remembers which reports are new. Not thread-safe.</summary>
internal sealed class ProcessorTable(TimeProvider time)
{
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (long Sequence, long SeenAt)> _seen = new(StringComparer.Ordinal);
    private readonly LogHistogram _latency = new();

    /// <summary>Latency of all that report, seconds, by quantile; null without any.</summary>
    public double? Latency(double quantile) => SecondsOf(_latency, quantile);

    public IReadOnlyList<StageShare> Stages { get; private set; } = [];

    public IReadOnlyList<ProcessorItem> Processors { get; private set; } = [];

    public void Update(IReadOnlyList<ConsumerStatus> consumers, IReadOnlyDictionary<string, ProcessorReport> reports)
    {
        var current = consumers.Where(consumer => IsNew(consumer.Name, reports)).ToDictionary(consumer => consumer.Name, consumer => reports[consumer.Name], StringComparer.Ordinal);
        foreach (var gone in _seen.Keys.Where(name => !reports.ContainsKey(name)).ToList()) _seen.Remove(gone);

        _latency.Clear();
        foreach (var report in current.Values) report.AddLatencyTo(_latency);
        var seconds = ProcessorStages.All.Select(stage => (Stage: stage, Seconds: current.Values.Sum(report => SecondsOf(report, stage)))).ToList();
        var all = seconds.Sum(stage => stage.Seconds);
        Stages = all <= 0 ? [] : [.. seconds.Select(stage => new StageShare(stage.Stage, Math.Round(stage.Seconds / all, 4)))];
        Processors = [.. consumers.OrderBy(consumer => consumer.Name, StringComparer.Ordinal).Select(consumer => Item(consumer, current.GetValueOrDefault(consumer.Name)))];
    }

    private bool IsNew(string consumer, IReadOnlyDictionary<string, ProcessorReport> reports)
    {
        if (!reports.TryGetValue(consumer, out var report)) return false;
        if (_seen.TryGetValue(consumer, out var seen) && seen.Sequence == report.Sequence) return time.GetElapsedTime(seen.SeenAt) < SilentAfter;
        _seen[consumer] = (report.Sequence, time.GetTimestamp());
        return true;
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
