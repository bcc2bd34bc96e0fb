using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Telemetry.Tests;

public sealed class DocumentTests
{
    [Fact]
    public void Every_metric_of_this_library_is_in_the_contract_with_its_type_unit_and_labels()
    {
        var rows = Rows();
        using var services = new ServiceCollection().AddStreamgaugeTelemetry().BuildServiceProvider();
        services.GetRequiredService<ApiMetrics>().Requested(TimeSpan.Zero, "/x", "GET", 200);
        var exposition = services.GetRequiredService<MetricsExposition>();
        var text = Page.Of(exposition);
        var openMetrics = Page.Of(exposition, ExpositionFormat.OpenMetrics);
        Assert.True(text.Samples.Count > 40);

        foreach (var (name, type) in text.Types.Where(family => !family.Key.StartsWith("dotnet_", StringComparison.Ordinal)))
        {
            Assert.True(rows.TryGetValue(name, out var row), $"{name} has no row in docs/telemetry.md");
            Assert.Equal(type, row.Type);
            var family = name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
            Assert.Equal(openMetrics.Units.GetValueOrDefault(family, "–"), row.Unit);
            Assert.All(Labels(text, name), label => Assert.Contains($"`{label}`", row.Labels));
        }
    }

    private static IEnumerable<string> Labels(Page page, string name) => page.Samples.Keys
        .Where(key => key.StartsWith(name + "{", StringComparison.Ordinal) || key.StartsWith(name + "_bucket{", StringComparison.Ordinal))
        .SelectMany(key => key[(key.IndexOf('{') + 1)..^1].Split(',').Select(label => label[..label.IndexOf('=')]))
        .Where(label => label != "le").Distinct();

    // | `name` | type | unit | labels | meaning |
    private static Dictionary<string, (string Type, string Unit, string Labels)> Rows()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "docs", "telemetry.md")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no docs/telemetry.md above the tests");

        return File.ReadLines(Path.Combine(folder.FullName, "docs", "telemetry.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is ["", ['`', ..], _, _, _, _, ""])
            .ToDictionary(cells => cells[1].Trim('`'), cells => (cells[2], cells[3], cells[4]), StringComparer.Ordinal);
    }
}
