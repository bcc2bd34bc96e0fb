using System.Globalization;
using System.Text.Json.Nodes;

namespace Streamgauge.Dashboards;

/// <summary>Writes panels; thresholds come from the alerts they belong to.</summary>
internal sealed class PanelJson(IReadOnlyList<PrometheusRule> rules)
{
    // An alert fires above its number, Grafana colours from it on: of nothing, nothing would be red.
    private const double JustAboveZero = 0.000001;

    /// <summary>The data source that is chosen at the top.</summary>
    public static JsonObject DataSource() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    public JsonObject Render(Panel panel, int id, JsonObject place)
    {
        var threshold = panel.Alert is null ? (double?)null : ThresholdOf(panel.Alert);
        return new JsonObject
        {
            ["id"] = id,
            ["type"] = Type(panel.Kind),
            ["title"] = panel.Title,
            ["description"] = Description(panel, threshold),
            ["gridPos"] = place,
            ["datasource"] = DataSource(),
            ["targets"] = Targets(panel),
            ["fieldConfig"] = new JsonObject { ["defaults"] = Defaults(panel, threshold), ["overrides"] = new JsonArray() },
            ["options"] = Options(panel.Kind),
        };
    }

    /// <summary>Above which number an alert fires.</summary>
    /// <exception cref="InvalidOperationException">There is no such alert, or it has no such number.</exception>
    public double ThresholdOf(string alert) =>
        rules.SingleOrDefault(rule => rule.IsAlert && rule.Name == alert)?.Threshold ?? throw new InvalidOperationException($"deploy/prometheus/rules has no alert {alert} with a threshold, which a panel wants to draw.");

    private static string Description(Panel panel, double? threshold) => panel switch
    {
        { Alert: { } alert } => $"{panel.Description} Red above {threshold!.Value.ToString(CultureInfo.InvariantCulture)}: alert {alert}, docs/runbooks/{alert}.md.",
        { AlertAtZero: { } alert } => $"{panel.Description} Red at 0: alert {alert}, docs/runbooks/{alert}.md.",
        _ => panel.Description,
    };

    private static JsonArray Steps(Panel panel, double? threshold) => (panel.AlertAtZero, threshold) switch
    {
        ({ }, _) => [Step("red", null), Step("green", 1)],
        (null, { } above) => [Step("green", null), Step("red", above > 0 ? above : JustAboveZero)],
        _ => [Step("text", null)],
    };

    private static JsonObject Step(string color, double? from) => new() { ["color"] = color, ["value"] = from };

    private static string Type(PanelKind kind) => kind switch
    {
        PanelKind.Lines => "timeseries",
        PanelKind.Number => "stat",
        PanelKind.Heatmap => "heatmap",
        PanelKind.Bars => "bargauge",
        PanelKind.Table => "table",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static JsonArray Targets(Panel panel)
    {
        var targets = new JsonArray();
        foreach (var query in panel.Queries)
        {
            var last = panel.Kind is PanelKind.Bars or PanelKind.Table; // what is now; the others show how it came to be
            targets.Add((JsonNode)new JsonObject
            {
                ["refId"] = ((char)('A' + targets.Count)).ToString(),
                ["datasource"] = DataSource(),
                ["expr"] = query.Text,
                ["legendFormat"] = query.Legend,
                ["instant"] = last,
                ["range"] = !last,
                ["format"] = panel.Kind switch { PanelKind.Heatmap => "heatmap", PanelKind.Table => "table", _ => "time_series" },
            });
        }

        return targets;
    }

    private static JsonObject Defaults(Panel panel, double? threshold)
    {
        var defaults = new JsonObject
        {
            ["unit"] = panel.Unit,
            ["min"] = panel.Kind == PanelKind.Lines && panel.Alert is not null ? 0 : null,
            ["thresholds"] = new JsonObject { ["mode"] = "absolute", ["steps"] = Steps(panel, threshold) },
            ["color"] = new JsonObject { ["mode"] = panel.Kind == PanelKind.Lines ? "palette-classic" : "thresholds" },
        };
        if (panel.Kind == PanelKind.Lines)
        {
            defaults["custom"] = new JsonObject
            {
                ["drawStyle"] = "line", ["lineWidth"] = 1, ["fillOpacity"] = panel.IsStacked ? 30 : 5, ["showPoints"] = "never", ["spanNulls"] = false,
                ["stacking"] = new JsonObject { ["mode"] = panel.IsStacked ? "normal" : "none", ["group"] = "A" },
                ["thresholdsStyle"] = new JsonObject { ["mode"] = threshold is null ? "off" : "line" },
            };
        }

        return defaults;
    }

    private static JsonObject Options(PanelKind kind) => kind switch
    {
        PanelKind.Lines => new JsonObject
        {
            ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = true },
            ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
        },
        PanelKind.Number => new JsonObject { ["colorMode"] = "value", ["graphMode"] = "area", ["textMode"] = "auto", ["justifyMode"] = "auto", ["reduceOptions"] = LastNumber() },
        PanelKind.Bars => new JsonObject { ["displayMode"] = "basic", ["orientation"] = "horizontal", ["showUnfilled"] = true, ["reduceOptions"] = LastNumber() },
        PanelKind.Heatmap => new JsonObject
        {
            ["calculate"] = false, ["cellGap"] = 1,
            ["color"] = new JsonObject { ["mode"] = "scheme", ["scheme"] = "Spectral", ["steps"] = 64, ["reverse"] = true },
            ["yAxis"] = new JsonObject { ["unit"] = Units.Seconds, ["axisPlacement"] = "left" },
            ["tooltip"] = new JsonObject { ["mode"] = "single", ["yHistogram"] = true },
            ["legend"] = new JsonObject { ["show"] = true },
        },
        _ => new JsonObject { ["showHeader"] = true },
    };

    private static JsonObject LastNumber() => new() { ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "", ["values"] = false };
}
