using Microsoft.Extensions.Options;

namespace Streamgauge.Serving;

/// <summary>Whether counting keeps up with arrival.</summary>
internal sealed class LagHealth(SnapshotSource source, IOptions<ServingOptions> options) : IHealthContributor
{
    public string Name => "lag";

    public HealthReport Check()
    {
        if (source.Current is not { } snapshot) return new HealthReport(HealthStatus.Degraded, "unknown, no counters have been read yet");
        var lag = snapshot.Counters.Group.Lag;
        return lag > options.Value.LagDegradedAfter
            ? new HealthReport(HealthStatus.Degraded, $"counting is {lag.TotalSeconds:0.0} s behind arrival. Start more processors, or see why they stand still.")
            : new HealthReport(HealthStatus.Healthy, $"{lag.TotalSeconds:0.000} s");
    }
}
