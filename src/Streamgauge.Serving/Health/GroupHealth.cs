namespace Streamgauge.Serving;

/// <summary>Whether the consumer group exists, without which nothing is counted.</summary>
internal sealed class GroupHealth(SnapshotSource source) : IHealthContributor
{
    public string Name => "consumer_group";

    public HealthReport Check() => source.Current switch
    {
        null => new HealthReport(HealthStatus.Degraded, "unknown, no counters have been read yet"),
        { Counters.Group.GroupExists: false } => new HealthReport(HealthStatus.Degraded, "does not exist: no processor has started yet, or it was removed. A processor creates it when it starts."),
        { Counters.Group: var group } => new HealthReport(HealthStatus.Healthy, $"exists, {group.Consumers.Count} consumers, {group.Pending} entries pending"),
    };
}
