namespace Streamgauge.Serving;

/// <summary>Whether counters can be read from Redis.</summary>
internal sealed class RedisHealth(SnapshotSource source) : IHealthContributor
{
    public string Name => "redis";

    public HealthReport Check()
    {
        if (source.Outage is { } outage) return new HealthReport(HealthStatus.Degraded, outage.ToString());
        return source.Current is null ? new HealthReport(HealthStatus.Degraded, "not reached yet") : new HealthReport(HealthStatus.Healthy, "answers");
    }
}
