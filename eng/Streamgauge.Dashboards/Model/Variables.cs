namespace Streamgauge.Dashboards;

/// <summary>What a reader chooses at the top of a dashboard; the same on all of them, so that links keep it.</summary>
internal static class Variables
{
    /// <summary>What <c>$target</c> stands for.</summary>
    public const string Matchers = "stream=~\"$stream\", job=~\"$job\", instance=~\"$instance\"";

    /// <summary>Each with its label and the query for its values. All of them means any, also processes without the label <c>stream</c>.</summary>
    public static IReadOnlyList<(string Name, string Label, string Query)> All { get; } =
    [
        ("stream", "Stream", "label_values(up{job=~\"streamgauge.*\"}, stream)"),
        ("job", "Job", "label_values(up{job=~\"streamgauge.*\"}, job)"),
        ("instance", "Process", "label_values(up{job=~\"$job\", stream=~\"$stream\"}, instance)"),
    ];
}
