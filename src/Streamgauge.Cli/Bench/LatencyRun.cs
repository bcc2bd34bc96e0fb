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
        await using var rig = await BenchRig.StartAsync(redis, plain: false, options.Processors, cancellationToken);
        var warmUpEvents = (int)(options.Rate * WarmUp.TotalSeconds);
        var events = warmUpEvents + (int)(options.Rate * options.Duration.TotalSeconds);
        var sink = new TimedSink(rig.Sender);
        var latencies = new double[events];
        var probing = Task.Run(() => ProbeAsync(rig, sink, options.Rate, latencies, cancellationToken), cancellationToken);
        var progress = await new GeneratorLoop(new GeneratorOptions { Rate = options.Rate, Count = events, Sessions = 1_000 }, TimeProvider.System).RunAsync(sink, cancellationToken);
        await probing;

        var measured = latencies[warmUpEvents..];
        Array.Sort(measured);
        return new LatencyResult(At(measured, 0.5), At(measured, 0.99), At(measured, 0.999), measured[^1], measured.Length, progress.ActualRate);
    }

    private static async Task ProbeAsync(BenchRig rig, TimedSink sink, double rate, double[] latencies, CancellationToken cancellationToken)
    {
        for (var seen = 0; seen < latencies.Length;)
        {
            var counted = (int)Math.Min(await rig.CountedAsync(cancellationToken), latencies.Length);
            var now = Stopwatch.GetTimestamp();
            for (; seen < counted; seen++) latencies[seen] = (Stopwatch.GetElapsedTime(sink.FirstAt, now) - TimeSpan.FromSeconds(seen / rate)).TotalMilliseconds;
        }
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];

    /// <summary>Notes when the first event was taken; the others are due at fixed distances from it.</summary>
    private sealed class TimedSink(IEventSink inner) : IEventSink
    {
        public long FirstAt { get; private set; }

        public bool TryAdd(in EventFields fields)
        {
            if (FirstAt == 0) FirstAt = Stopwatch.GetTimestamp();
            return inner.TryAdd(fields);
        }

        public void Push() => inner.Push();

        public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => inner.WaitForRoomAsync(cancellationToken);

        public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}

/// <summary>Latencies in milliseconds.</summary>
internal sealed record LatencyResult(double P50, double P99, double P999, double Max, int Samples, double ActualRate);
