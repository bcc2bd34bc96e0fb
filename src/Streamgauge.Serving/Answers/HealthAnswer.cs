namespace Streamgauge.Serving;

/// <summary><c>GET /health</c>. The four facts about the counters are null while there are none.</summary>
internal sealed record HealthAnswer(
    string Status, DateTimeOffset CheckedAt, DateTimeOffset? AsOf, DateTimeOffset? CompleteThrough, decimal? LagSeconds, bool? Degraded,
    IReadOnlyList<HealthCheckItem> Checks);

internal sealed record HealthCheckItem(string Name, string Status, string Detail);

/// <summary><c>GET /health/live</c> and <c>/health/ready</c>.</summary>
internal sealed record ProbeAnswer(string Status);
