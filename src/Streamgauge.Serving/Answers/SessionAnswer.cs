namespace Streamgauge.Serving;

/// <summary><c>GET /aggregates/sessions/{id}</c>.</summary>
internal sealed record SessionAnswer : Answer
{
    public required string Id { get; init; }

    public required long Events { get; init; }

    public required decimal RetainedHours { get; init; }
}
