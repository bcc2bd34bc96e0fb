namespace Streamgauge.Telemetry;

/// <summary>What is exposed, and how much of it at most.</summary>
public sealed class MetricsExpositionOptions
{
    /// <summary>Label sets kept per instrument; measurements beyond it go to one series labelled <c>overflow="true"</c>.</summary>
    /// <value>Default 2,000. Legal: 1 to 100,000. Every series costs memory here and in Prometheus, for ever.</value>
    public int SeriesMax { get; set; } = 2_000;

    /// <summary>Longest label value, in UTF-16 chars; the rest is cut off.</summary>
    /// <value>Default 128. Legal: 16 to 4,096. Values that become equal by the cut share one series.</value>
    public int LabelValueCharsMax { get; set; } = 128;

    /// <summary>Names of the meters that are exposed; a trailing <c>*</c> matches any ending, <c>meter/instrument</c> takes one instrument.</summary>
    /// <value>Default <c>Streamgauge.*</c>, the runtime's own <c>System.Runtime</c>, and of the web server how many connections it has and how many it refuses: nobody else knows.</value>
    public IList<string> Meters { get; } =
    [
        "Streamgauge.*", "System.Runtime",
        "Microsoft.AspNetCore.Server.Kestrel/kestrel.active_connections", "Microsoft.AspNetCore.Server.Kestrel/kestrel.rejected_connections",
    ];

    /// <summary>When set, meters that belong to another scope are ignored, so two hosts in one process do not mix.</summary>
    /// <value>Default null: every scope. <c>AddStreamgaugeTelemetry</c> sets the container's own meter factory.</value>
    public object? MeterScope { get; set; }
}
