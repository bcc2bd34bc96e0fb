using System.Reflection;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Processing;

/// <summary>What one worker did in the last seconds, for its report. Told once per batch; the worker and the reporter take turns.</summary>
internal sealed class WorkerActivity(TimeProvider time)
{
    private const int Slices = 10;
    private static readonly TimeSpan SliceLength = TimeSpan.FromSeconds(1);
    private static readonly string Version = typeof(WorkerActivity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly Lock _gate = new();
    private readonly Slice[] _slices = [.. Enumerable.Range(0, Slices).Select(_ => new Slice())];
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly long _startedAt = time.GetTimestamp();
    private long _events;
    private long _reports;
    private long _newest; // number of the newest slice since the start

    /// <summary>A batch was counted.</summary>
    public void Counted(int events, double latencySeconds)
    {
        lock (_gate)
        {
            var slice = Now();
            slice.Events += events;
            slice.Latency.Add(LogHistogram.IndexOf((long)(latencySeconds * 1e6)), 1);
            _events += events;
        }
    }

    /// <summary>A round begins.</summary>
    /// <returns>The moment, for <see cref="Spent"/>.</returns>
    public long Start() => time.GetTimestamp();

    /// <summary>A part of the round took its time.</summary>
    /// <param name="since">When it began.</param>
    /// <returns>When it ended: when the next one begins.</returns>
    public long Spent(WorkerStage stage, long since)
    {
        var now = time.GetTimestamp();
        lock (_gate) Now().Stages[(int)stage] += time.GetElapsedTime(since, now).TotalSeconds;
        return now;
    }

    public ProcessorReport Report(string consumer, string? problem)
    {
        lock (_gate)
        {
            Now();
            var stages = new double[ProcessorStages.All.Count];
            var latency = new LogHistogram();
            foreach (var slice in _slices)
            {
                latency.Merge(slice.Latency);
                for (var stage = 0; stage < stages.Length; stage++) stages[stage] += slice.Stages[stage];
            }

            return new ProcessorReport
            {
                Consumer = consumer,
                Sequence = ++_reports,
                Since = _since,
                Version = Version,
                Problem = problem,
                Events = _events,
                WindowSeconds = Math.Clamp(WindowSeconds(), ProcessorReport.WindowSecondsMin, Slices * SliceLength.TotalSeconds),
                WindowEvents = _slices.Sum(slice => slice.Events),
                StageSeconds = ProcessorStages.All.Zip(stages).ToDictionary(pair => pair.First, pair => Math.Round(pair.Second, 6), StringComparer.Ordinal),
                Latency = [.. latency.Cells().SelectMany(cell => new[] { cell.Index, cell.Count })],
            };
        }
    }

    // Whole slices and what there is of the newest one, as long as there are not more than are kept.
    private double WindowSeconds()
    {
        var elapsed = time.GetElapsedTime(_startedAt).TotalSeconds;
        return Math.Min(elapsed, ((Slices - 1) * SliceLength.TotalSeconds) + (elapsed - (_newest * SliceLength.TotalSeconds)));
    }

    private Slice Now()
    {
        var number = (long)(time.GetElapsedTime(_startedAt) / SliceLength);
        if (number - _newest >= Slices) _newest = number - Slices; // after a pause all of them are old
        while (_newest < number) _slices[++_newest % Slices].Clear();
        return _slices[number % Slices];
    }

    private sealed class Slice
    {
        public long Events { get; set; }

        public LogHistogram Latency { get; } = new();

        public double[] Stages { get; } = new double[ProcessorStages.All.Count];

        public void Clear()
        {
            Events = 0;
            Latency.Clear();
            Array.Clear(Stages);
        }
    }
}

/// <summary>Parts of a worker's round, as numbered in <see cref="ProcessorStages.All"/>.</summary>
internal enum WorkerStage
{
    Read,
    AddUp,
    Commit,
}
