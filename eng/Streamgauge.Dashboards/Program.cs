using Streamgauge.Dashboards;

// Writes deploy/grafana/dashboards and docs/metrics.md from the sources beside this file and the alert rules: `make dashboards`.
var root = args is [var folder] ? folder : Environment.CurrentDirectory;
var rules = Path.Combine(root, "deploy", "prometheus", "rules");
if (!Directory.Exists(rules))
{
    await Console.Error.WriteLineAsync($"{rules} does not exist: name the repository's root, as in `dotnet run --project eng/Streamgauge.Dashboards -- .`");
    return 2;
}

var all = PrometheusRule.ReadAll(rules);
var rendering = new DashboardJson(all);
foreach (var dashboard in DashboardList.All)
{
    var file = Path.Combine(root, "deploy", "grafana", "dashboards", dashboard.FileName);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    await File.WriteAllTextAsync(file, rendering.Render(dashboard));
    Console.WriteLine(Path.GetRelativePath(root, file));
}

var telemetry = await File.ReadAllTextAsync(Path.Combine(root, "docs", "telemetry.md"));
await File.WriteAllTextAsync(Path.Combine(root, "docs", "metrics.md"), MetricIndex.Render(telemetry, DashboardList.All, all));
Console.WriteLine("docs/metrics.md");
return 0;
