namespace Streamgauge.Telemetry;

/// <summary>The two page formats Prometheus understands and we speak.</summary>
public enum ExpositionFormat
{
    /// <summary>Prometheus text format 0.0.4; what curl, browsers and promtool get.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.0; what Prometheus asks for first.</summary>
    OpenMetrics,
}
