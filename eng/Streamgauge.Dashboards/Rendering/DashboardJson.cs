using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamgauge.Dashboards;

/// <summary>Writes dashboards as Grafana's classic JSON, which every version from 10 on takes.</summary>
internal sealed class DashboardJson(IReadOnlyList<PrometheusRule> rules)
{
    private const int SchemaVersion = 39; // of Grafana 10.4; later ones migrate it
    private const int Columns = 24;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly PanelJson _panels = new(rules);

    /// <summary>The same text for the same dashboard, always.</summary>
    public string Render(Dashboard dashboard) => new JsonObject
    {
        ["uid"] = dashboard.Uid,
        ["id"] = null,
        ["title"] = dashboard.Title,
        ["description"] = dashboard.Description,
        ["tags"] = new JsonArray("streamgauge"),
        ["schemaVersion"] = SchemaVersion,
        ["version"] = 1,
        ["editable"] = true,
        ["refresh"] = "5s",
        ["time"] = new JsonObject { ["from"] = "now-30m", ["to"] = "now" },
        ["timezone"] = "browser",
        ["graphTooltip"] = 1,
        ["links"] = new JsonArray(new JsonObject
        {
            ["type"] = "dashboards", ["title"] = "Streamgauge", ["tags"] = new JsonArray("streamgauge"), ["asDropdown"] = false, ["includeVars"] = true, ["keepTime"] = true, ["targetBlank"] = false,
        }),
        ["annotations"] = new JsonObject
        {
            ["list"] = new JsonArray(
                Annotation("Alerts", "red", "ALERTS{alertstate=\"firing\", stream=~\"$stream\"}", "{{alertname}} {{instance}}"),
                Annotation("Starts", "blue", $"changes(process_start_time_seconds{{{Variables.Matchers}}}[$__rate_interval]) > 0", "{{instance}} started")),
        },
        ["templating"] = new JsonObject { ["list"] = VariablesJson() },
        ["panels"] = Lay(dashboard),
    }.ToJsonString(Indented) + "\n";

    /// <summary>One panel alone, at no particular place.</summary>
    public JsonObject Panel(Panel panel) => _panels.Render(panel, 1, Place(0, 0, Columns, 1));

    private static JsonObject Annotation(string name, string color, string expression, string title) => new()
    {
        ["name"] = name, ["enable"] = true, ["iconColor"] = color, ["datasource"] = PanelJson.DataSource(), ["expr"] = expression, ["titleFormat"] = title, ["step"] = "15s",
    };

    private static JsonArray VariablesJson()
    {
        var list = new JsonArray(new JsonObject { ["name"] = "datasource", ["label"] = "Prometheus", ["type"] = "datasource", ["query"] = "prometheus", ["refresh"] = 1 });
        foreach (var (name, label, query) in Variables.All)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["name"] = name, ["label"] = label, ["type"] = "query", ["datasource"] = PanelJson.DataSource(), ["definition"] = query,
                ["query"] = new JsonObject { ["query"] = query, ["refId"] = name },
                ["refresh"] = 2, ["sort"] = 1, ["multi"] = true, ["includeAll"] = true, ["allValue"] = ".*",
                ["current"] = new JsonObject { ["selected"] = true, ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") },
            });
        }

        return list;
    }

    // Row under row, panel beside panel: nothing can overlap.
    private JsonArray Lay(Dashboard dashboard)
    {
        var panels = new JsonArray();
        var y = 0;
        foreach (var row in dashboard.Rows)
        {
            panels.Add((JsonNode)new JsonObject { ["id"] = panels.Count + 1, ["type"] = "row", ["title"] = row.Title, ["collapsed"] = false, ["gridPos"] = Place(0, y++, Columns, 1), ["panels"] = new JsonArray() });
            var shared = row.Panels.Count(panel => panel.Width is null);
            var width = shared == 0 ? 0 : (Columns - row.Panels.Sum(panel => panel.Width ?? 0)) / shared;
            var x = 0;
            foreach (var panel in row.Panels)
            {
                panels.Add((JsonNode)_panels.Render(panel, panels.Count + 1, Place(x, y, panel.Width ?? width, row.Height)));
                x += panel.Width ?? width;
            }

            y += row.Height;
        }

        return panels;
    }

    private static JsonObject Place(int x, int y, int width, int height) => new() { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height };
}
