using Streamgauge.Dashboards;

// Writes deploy/grafana/dashboards from the sources beside this file and the alert rules: `make dashboards`.
var root = args is [var folder] ? folder : Environment.CurrentDirectory;
var rules = Path.Combine(root, "deploy", "prometheus", "rules");
if (!Directory.Exists(rules))
{
    await Console.Error.WriteLineAsync($"{rules} does not exist: name the repository's root, as in `dotnet run --project eng/Streamgauge.Dashboards -- .`");
    return 2;
}

var rendering = new DashboardJson(PrometheusRule.ReadAll(rules));
foreach (var dashboard in DashboardList.All)
{
    var file = Path.Combine(root, "deploy", "grafana", "dashboards", dashboard.FileName);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    await File.WriteAllTextAsync(file, rendering.Render(dashboard));
    Console.WriteLine(Path.GetRelativePath(root, file));
}

return 0;
