namespace Streamgauge.Serving;

/// <summary>How something is, worst last.</summary>
public enum HealthStatus
{
    Healthy,

    /// <summary>Works, and somebody should look: <c>/health</c> stays 200.</summary>
    Degraded,

    /// <summary>Does not work: <c>/health</c> becomes 503.</summary>
    Unhealthy,
}
