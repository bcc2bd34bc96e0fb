namespace Streamgauge.Dashboards;

/// <summary>One dashboard, as a person thinks of it; <see cref="DashboardJson"/> turns it into what Grafana reads.</summary>
/// <param name="Uid">Fixed, so that links and alerts find it.</param>
internal sealed record Dashboard(string Uid, string Title, string Description, params Row[] Rows)
{
    public string FileName => Uid["streamgauge-".Length..] + ".json";

    public IEnumerable<Panel> Panels => Rows.SelectMany(row => row.Panels);
}

/// <summary>Panels side by side, all of one height; they share the width unless they ask for one.</summary>
/// <param name="Height">In Grafana's units of about 30 pixels.</param>
internal sealed record Row(string Title, int Height, params Panel[] Panels);
