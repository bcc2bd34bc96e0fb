using Microsoft.Extensions.Options;

namespace Streamgauge.Serving;

/// <summary>Whether there is something to serve, and how old it is.</summary>
internal sealed class SnapshotHealth(SnapshotSource source, IOptions<ServingOptions> options) : IHealthContributor
{
    public string Name => "snapshot";

    public HealthReport Check()
    {
        if (source.Current is not { } snapshot) return new HealthReport(HealthStatus.Unhealthy, "no counters have been read since the start");
        var age = source.AgeOf(snapshot);
        var status = age > options.Value.UnhealthyAfter ? HealthStatus.Unhealthy : age > options.Value.DegradedAfter ? HealthStatus.Degraded : HealthStatus.Healthy;
        return new HealthReport(status, $"{age.TotalSeconds:0.0} s old");
    }
}
