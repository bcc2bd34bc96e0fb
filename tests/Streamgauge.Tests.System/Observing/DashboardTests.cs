using System.Text.Json;
using Streamgauge.Dashboards;

namespace Streamgauge.Tests.System;

/// <summary>The committed dashboards are what their source gives, and keep Grafana's rules and the alerts' thresholds.</summary>
public sealed class DashboardTests
{
    private static readonly string Folder = Path.Combine(Shipped.Root, "deploy", "grafana", "dashboards");
    private static readonly DashboardJson Rendering = new(Shipped.Rules);

    public static TheoryData<string> FileNames() => [.. DashboardList.All.Select(dashboard => dashboard.FileName)];

    [Fact]
    public async Task The_committed_files_are_what_the_source_gives()
    {
        Assert.Equal(DashboardList.All.Select(dashboard => dashboard.FileName).Order(), Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order());
        foreach (var dashboard in DashboardList.All)
            Assert.True(Rendering.Render(dashboard) == await File.ReadAllTextAsync(Path.Combine(Folder, dashboard.FileName)), $"{dashboard.FileName} is not what its source gives: run `make dashboards` and commit the file");
    }

    [Fact]
    public async Task Every_metric_has_a_panel_that_shows_it() =>
        Assert.DoesNotMatch(@"(?m)^\| `\w+` \| – \|", await File.ReadAllTextAsync(Path.Combine(Shipped.Root, "docs", "metrics.md")));

    [Fact]
    public async Task The_index_of_metrics_is_what_dashboards_and_rules_give()
    {
        var telemetry = await File.ReadAllTextAsync(Path.Combine(Shipped.Root, "docs", "telemetry.md"));
        Assert.True(MetricIndex.Render(telemetry, DashboardList.All, Shipped.Rules) == await File.ReadAllTextAsync(Path.Combine(Shipped.Root, "docs", "metrics.md")), "docs/metrics.md is out of date: run `make dashboards` and commit the file");
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public async Task A_dashboard_is_one_Grafana_takes_and_a_reader_understands(string file)
    {
        var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, file))).RootElement;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("id").ValueKind);
        Assert.Equal($"streamgauge-{Path.GetFileNameWithoutExtension(file)}", json.GetProperty("uid").GetString());
        Assert.Contains(json.GetProperty("links").EnumerateArray(), link => link.GetProperty("tags")[0].GetString() == json.GetProperty("tags")[0].GetString());

        var panels = json.GetProperty("panels").EnumerateArray().ToList();
        Assert.Distinct(panels.Select(panel => panel.GetProperty("id").GetInt32()));
        var taken = new HashSet<(int X, int Y)>();
        foreach (var place in panels.Select(panel => panel.GetProperty("gridPos")))
        {
            int Of(string name) => place.GetProperty(name).GetInt32();
            Assert.InRange(Of("x") + Of("w"), 1, 24);
            Assert.InRange(Of("w"), 2, 24);
            for (var x = Of("x"); x < Of("x") + Of("w"); x++)
                for (var y = Of("y"); y < Of("y") + Of("h"); y++) Assert.True(taken.Add((x, y)), $"two panels at {x}, {y}");
        }

        foreach (var panel in panels.Where(panel => panel.GetProperty("type").GetString() != "row"))
        {
            var title = panel.GetProperty("title").GetString();
            Assert.True(panel.GetProperty("description").GetString()!.Length > 5, title);
            Assert.NotEqual("", panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString());
            Assert.Distinct(panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("refId").GetString()));
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                Assert.Equal("${datasource}", target.GetProperty("datasource").GetProperty("uid").GetString());
                Assert.DoesNotMatch(@"\[\d", target.GetProperty("expr").GetString()); // a fixed range shows nothing when zoomed out, and noise when zoomed in
            }
        }
    }

    [Fact]
    public void A_panel_turns_red_where_its_alert_fires()
    {
        var drawn = DashboardList.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.Alert is not null).ToList();
        Assert.NotEmpty(drawn);
        foreach (var panel in drawn)
        {
            var alert = Shipped.Alerts.Single(alert => alert.Name == panel.Alert);
            Assert.Matches($@"> {alert.Threshold!.Value.ToString(global::System.Globalization.CultureInfo.InvariantCulture)}\b", alert.Expression);
            var steps = Rendering.Panel(panel)["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray();
            Assert.Equal(2, steps.Count);
            Assert.Equal(alert.Threshold.Value, steps[1]!["value"]!.GetValue<double>(), tolerance: 0.00001);
        }
    }

    [Fact]
    public void A_panel_of_an_alert_at_zero_is_red_at_zero_and_green_at_one()
    {
        var drawn = DashboardList.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.AlertAtZero is not null).ToList();
        Assert.Equal(4, drawn.Count); // reachable; append-only file, its rewriting, snapshot
        foreach (var panel in drawn)
        {
            Assert.Contains(Shipped.Alerts, alert => alert.Name == panel.AlertAtZero);
            var steps = Rendering.Panel(panel)["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray();
            Assert.Equal(["red", "green"], steps.Select(step => step!["color"]!.GetValue<string>()));
            Assert.Equal(1, steps[1]!["value"]!.GetValue<double>());
        }
    }

    [Fact]
    public void Panels_use_only_metrics_of_the_contract()
    {
        foreach (var panel in DashboardList.All.SelectMany(dashboard => dashboard.Panels))
            foreach (var query in panel.Queries)
                Assert.True(!Shipped.UnknownNames(query.Expression).Any(), $"{panel.Title} uses {string.Join(", ", Shipped.UnknownNames(query.Expression))}, which docs/telemetry.md does not have");
    }

    [Fact]
    public void Every_alert_leads_to_a_dashboard_there_is()
    {
        foreach (var alert in Shipped.Alerts) Assert.Contains(DashboardList.All, dashboard => $"/d/{dashboard.Uid}" == alert.Annotation("dashboard"));
    }
}
