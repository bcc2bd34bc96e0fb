namespace Streamgauge.Dashboards;

/// <summary>The dashboards there are.</summary>
internal static class DashboardList
{
    public static IReadOnlyList<Dashboard> All { get; } = [ThroughputDashboard.Create(), LatencyDashboard.Create(), EventsDashboard.Create(), HealthDashboard.Create()];
}
