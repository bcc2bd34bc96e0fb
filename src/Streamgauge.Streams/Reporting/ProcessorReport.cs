using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>What one processor says of itself: its last few seconds of work, so that readers need no memory and may add reports up.</summary>
public sealed record ProcessorReport
{
    /// <summary>Shortest window that is reported, seconds.</summary>
    public const double WindowSecondsMin = 0.001;

    private const double WindowSecondsMax = 3_600; // far above ours, for versions to come
    private const long CountMax = int.MaxValue; // sums of thousands of them are far from overflowing

    /// <summary>Name of the consumer.</summary>
    public required string Consumer { get; init; }

    /// <summary>Rises with every report: how a reader sees that its writer lives, whatever the clocks say.</summary>
    public required long Sequence { get; init; }

    /// <summary>When its process started, by that machine's clock.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Why it does not count at the moment; null while it does.</summary>
    public required string? Problem { get; init; }

    /// <summary>Events counted since it started.</summary>
    public required long Events { get; init; }

    /// <summary>Length of the window the rest is about, seconds; at least <see cref="WindowSecondsMin"/>.</summary>
    public required double WindowSeconds { get; init; }

    /// <summary>Events counted in the window.</summary>
    public required long WindowEvents { get; init; }

    /// <summary>Where the time of the window went, seconds by stage; see <see cref="ProcessorStages"/>.</summary>
    public required IReadOnlyDictionary<string, double> StageSeconds { get; init; }

    /// <summary>From arrival of a batch's oldest entry to its commit, in the window: cells of a <see cref="LogHistogram"/> of microseconds, flat (index, count, index, count …).</summary>
    public required IReadOnlyList<long> Latency { get; init; }

    /// <summary>Whether every number is one that reports can be added up with; whoever may write to Redis may have written it.</summary>
    internal bool IsSound =>
        Events >= 0 && WindowEvents is >= 0 and <= CountMax && WindowSeconds is >= WindowSecondsMin and <= WindowSecondsMax
        && StageSeconds.Values.All(seconds => seconds is >= 0 and <= WindowSecondsMax)
        && Latency.Count % 2 == 0 && Latency.Where((_, i) => i % 2 == 0).All(index => index >= -LogHistogram.IndexMax && index <= LogHistogram.IndexMax)
        && Latency.Where((_, i) => i % 2 == 1).All(count => count is >= 0 and <= CountMax);

    /// <summary>Adds <see cref="Latency"/> to a histogram.</summary>
    public void AddLatencyTo(LogHistogram histogram)
    {
        for (var i = 0; i < Latency.Count; i += 2) histogram.Add((int)Latency[i], Latency[i + 1]);
    }
}

/// <summary>Where a processor's time goes.</summary>
public static class ProcessorStages
{
    /// <summary>Waiting for entries, receiving and decoding them.</summary>
    public const string Read = "read";

    /// <summary>Adding events up to what they change.</summary>
    public const string AddUp = "add_up";

    /// <summary>Waiting for Redis to count a batch before the next one may be read.</summary>
    public const string Commit = "commit";

    /// <summary>All of them, in the order an event passes them.</summary>
    public static readonly IReadOnlyList<string> All = [Read, AddUp, Commit];
}
