using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>What to measure.</summary>
internal sealed record BenchOptions
{
    /// <summary>Events of each throughput run, over all its repetitions.</summary>
    public required long Events { get; init; }

    /// <summary>Repetitions of each throughput run; the median is quoted, the range printed.</summary>
    public required int Repeat { get; init; }

    /// <summary>Rate of the latency run, events per second.</summary>
    public required double Rate { get; init; }

    /// <summary>Length of the latency run, after its warm-up.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What is run.</summary>
    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>What the sender waits for.</summary>
    public required DurabilityLevel Durability { get; init; }

    /// <summary>Processors counting.</summary>
    public required int Processors { get; init; }
}
