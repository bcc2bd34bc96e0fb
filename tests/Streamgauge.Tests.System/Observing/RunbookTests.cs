namespace Streamgauge.Tests.System;

/// <summary>Whoever is woken finds a page that says what to do.</summary>
public sealed class RunbookTests
{
    private static readonly string Folder = Path.Combine(Shipped.Root, "docs", "runbooks");
    private static readonly string[] Parts = ["**What it means.**", "**Impact.**", "**Look at**", "```promql", "**Do**", "**Over.**"];

    [Fact]
    public void Every_alert_has_its_page_and_every_page_its_alert() =>
        Assert.Equal(
            Shipped.Alerts.Select(alert => alert.Name).Append("README").Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_page_says_what_it_means_what_to_look_at_what_to_do_and_when_it_is_over()
    {
        foreach (var alert in Shipped.Alerts)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Folder, alert.Name + ".md"));
            Assert.StartsWith($"# {alert.Name}\n\n{alert.Annotation("summary")}. ({alert.Severity}:", text, StringComparison.Ordinal);
            foreach (var part in Parts) Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_index_lists_each_with_its_urgency()
    {
        var index = await File.ReadAllTextAsync(Path.Combine(Folder, "README.md"));
        foreach (var alert in Shipped.Alerts) Assert.Contains($"| [{alert.Name}]({alert.Name}.md) | {alert.Severity} | {alert.Annotation("summary")} |", index, StringComparison.Ordinal);
    }
}
