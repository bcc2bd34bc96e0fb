using System.Text.Json.Serialization;

namespace Streamgauge.Serving;

/// <summary>How the pipeline is doing: <c>GET /v1/pipeline</c>, and with <see cref="History"/> an event of its stream.</summary>
internal sealed record PipelineAnswer(
    DateTimeOffset AsOf, DateTimeOffset CompleteThrough, decimal LagSeconds, bool Degraded, string Stream, string Group,
    string Status, IReadOnlyList<PipelineProblem> Problems, PipelineTotals Totals, DateTimeOffset? LastUpdated,
    PipelinePoint Now, IReadOnlyList<StageShare> Stages, IReadOnlyList<ProcessorItem> Processors, PipelineDeadLetters DeadLetters)
{
    /// <summary>Points the client has not got, oldest first; null outside of streams.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PipelinePoint>? History { get; init; }
}

/// <summary>One second. What is not known, as while Redis is away, is null.</summary>
/// <param name="P50">Seconds from an entry's arrival to its commit, of the last ten seconds.</param>
/// <param name="Undelivered">Entries not handed out yet.</param>
internal sealed record PipelinePoint(
    DateTimeOffset T, decimal? EventsPerSecond, long? Total, double? P50, double? P95, double? P99, decimal? Lag, long? Pending, long? Undelivered);

/// <summary>A check that is not healthy.</summary>
internal sealed record PipelineProblem(string Check, string Status, string Detail);

internal sealed record PipelineTotals(long Events, decimal Value, long Sessions, long DeadLettered, long Late, long Clamped, long Lost, long Residue);

/// <summary>Where the processors' time went in the last ten seconds; shares add up to 1.</summary>
internal sealed record StageShare(string Name, double Share);

/// <summary>One consumer of the group. What it does not report is null.</summary>
/// <param name="State">See <see cref="ProcessorState"/>.</param>
/// <param name="Busy">Share of its time spent on anything but waiting for entries and receiving them.</param>
internal sealed record ProcessorItem(
    string Consumer, string State, string? Problem, DateTimeOffset? Since, string? Version, double? EventsPerSecond, long? Events,
    long Pending, double IdleSeconds, double? P99, double? Busy);

internal sealed record PipelineDeadLetters(long Stored, double OldestAgeSeconds);

/// <summary>What a processor is seen to do.</summary>
internal static class ProcessorState
{
    public const string Counting = "counting";

    /// <summary>Alive, with nothing to count.</summary>
    public const string Waiting = "waiting";

    /// <summary>Alive, and cannot count.</summary>
    public const string Blocked = "blocked";

    /// <summary>No sign of life for a while.</summary>
    public const string Silent = "silent";
}
