using System.Text.Json.Serialization;

namespace Streamgauge.Serving;

/// <summary>What every answer says about itself: how fresh and how complete it is.</summary>
internal abstract record Answer
{
    /// <summary>The moment the numbers belong to, by Redis's clock.</summary>
    [JsonPropertyOrder(-5)]
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Everything that arrived before is counted.</summary>
    [JsonPropertyOrder(-4)]
    public required DateTimeOffset CompleteThrough { get; init; }

    [JsonPropertyOrder(-3)]
    public required decimal LagSeconds { get; init; }

    [JsonPropertyOrder(-2)]
    public required bool Degraded { get; init; }

    /// <summary>Only when degraded.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required decimal? AgeSeconds { get; init; }
}
