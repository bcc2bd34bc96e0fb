namespace Streamgauge.Serving;

/// <summary><c>GET /aggregates/summary</c>.</summary>
internal sealed record SummaryAnswer : Answer
{
    public required Overview Overview { get; init; }

    /// <summary>Counted per second over the last 5 s; null until two snapshots are half a second apart.</summary>
    public required decimal? EventsPerSecond { get; init; }
}
