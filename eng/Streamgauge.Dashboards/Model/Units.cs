namespace Streamgauge.Dashboards;

/// <summary>Grafana's ids of the units we use.</summary>
internal static class Units
{
    public const string Bytes = "bytes";
    public const string EventsPerSecond = "eps";
    public const string Number = "short";
    public const string OperationsPerSecond = "ops";
    public const string Ratio = "percentunit"; // 1 is 100 %
    public const string RequestsPerSecond = "reqps";
    public const string Seconds = "s";
}
