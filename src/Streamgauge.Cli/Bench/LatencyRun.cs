using System.Diagnostics;
using Streamgauge.Events;
using Streamgauge.Producing;
using Streamgauge.Resp;

namespace Streamgauge.Cli;

/// <summary>How long from the moment an event is due to the moment it is readable in the aggregates, at a fixed rate.</summary>
/// <remarks>
/// Open loop: event i is due at start + i / rate whether or not the pipeline keeps up, so a stall counts for every event it delays
/// (no coordinated omission). A probe reads <c>total_count</c> without pause over its own connection; when it sees n events, all events
/// below n are readable. The sender's linger is inside the figure, the probe's round trip too.
/// </remarks>
internal static class LatencyRun
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<LatencyResult> MeasureAsync(RedisEndpoint redis, BenchOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await BenchRig.StartAsync(redis, Workload.All[0], options, cancellationToken);
        var warmUpEvents = (int)(options.Rate * WarmUp.TotalSeconds);
        var events = warmUpEvents + (int)(options.Rate * options.Duration.TotalSeconds);
        var sink = new TimedSink(rig.Sender, options.Rate, events);
        var latencies = new double[events];
        var probing = Task.Run(() => ProbeAsync(rig, sink, options.Rate, latencies, cancellationToken), cancellationToken);
        sink.StartedAt = Stopwatch.GetTimestamp(); // the schedule begins when the loop does
        var progress = await new GeneratorLoop(new GeneratorOptions { Rate = options.Rate, Count = events, Sessions = 1_000 }, TimeProvider.System).RunAsync(sink, cancellationToken);
        await probing;

        var measured = latencies[warmUpEvents..];
        Array.Sort(measured);
        var slips = sink.SlipsMs[warmUpEvents..];
        Array.Sort(slips);
        var acknowledged = rig.Acknowledgements.TakeMs();
        return new LatencyResult(At(measured, 0.5), At(measured, 0.99), At(measured, 0.999), measured[^1], At(slips, 0.5), At(slips, 0.99), measured.Length, progress.ActualRate, At(acknowledged, 0.5), At(acknowledged, 0.99));
    }

    private static async Task ProbeAsync(BenchRig rig, TimedSink sink, double rate, double[] latencies, CancellationToken cancellationToken)
    {
        for (var seen = 0; seen < latencies.Length;)
        {
            var counted = (int)Math.Min(await rig.CountedAsync(cancellationToken), latencies.Length);
            var now = Stopwatch.GetTimestamp();
            for (; seen < counted; seen++) latencies[seen] = (Stopwatch.GetElapsedTime(sink.StartedAt, now) - TimeSpan.FromSeconds(seen / rate)).TotalMilliseconds;
        }
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];

    /// <summary>Notes how late, after it was due, each event was handed over.</summary>
    private sealed class TimedSink(IEventSink inner, double rate, int events) : IEventSink
    {
        private int _taken;

        public long StartedAt { get; set; }

        public double[] SlipsMs { get; } = new double[events];

        public bool TryAdd(in EventFields fields)
        {
            if (!inner.TryAdd(fields)) return false;
            SlipsMs[_taken] = (Stopwatch.GetElapsedTime(StartedAt) - TimeSpan.FromSeconds(_taken / rate)).TotalMilliseconds;
            _taken++;
            return true;
        }

        public void Push() => inner.Push();

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => inner.WaitForRoomAsync(cancellationToken);

        public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}

/// <summary>Latencies in milliseconds.</summary>
/// <param name="AckP50">From sealing a send to its acknowledgement, warm-up included.</param>
/// <param name="SlipP50">Part of it spent before the source was awake to hand the event over: the resolution of timers.</param>
internal sealed record LatencyResult(double P50, double P99, double P999, double Max, double SlipP50, double SlipP99, int Samples, double ActualRate, double AckP50, double AckP99);
