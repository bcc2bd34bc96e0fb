namespace Streamgauge.Serving;

/// <summary>What one check found.</summary>
/// <param name="Detail">What is, and if it is not well what to do; shown to whoever may call <c>/health</c>, so without addresses and payloads.</param>
public sealed record HealthReport(HealthStatus Status, string Detail);
