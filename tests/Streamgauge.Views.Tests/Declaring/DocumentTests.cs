using System.Text;
using System.Text.RegularExpressions;
using Streamgauge.TestKit;

namespace Streamgauge.Views.Tests;

/// <summary>What docs/views.md shows is what the parsers take.</summary>
public partial class DocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/views.md"));

    [Fact]
    public void Declarations_shown_are_declarations()
    {
        var shown = Block().Matches(Document).Where(block => block.Groups["language"].Value == "json" && block.Value.Contains("\"views\"", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(shown);
        Assert.All(shown, block => Assert.Empty(ViewDeclarations.Parse(Encoding.UTF8.GetBytes(block.Groups["text"].Value), "docs/views.md").Mistakes));
    }

    [Fact]
    public void Filters_shown_are_filters()
    {
        var shown = Block().Matches(Document).Where(block => block.Groups["language"].Value == "text").SelectMany(block => block.Groups["text"].Value.Split('\n')).Where(line => line.StartsWith("event_type ", StringComparison.Ordinal) || line.StartsWith("exists(", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, shown.Count);
        Assert.All(shown, line => Assert.True(EventFilter.TryParse(line, out _, out var fault), $"{line}: {fault?.Message}"));
    }

    [Fact]
    public void Every_property_has_its_row()
    {
        foreach (var property in DeclarationProperties.OfView) Assert.Contains($"\n| `{property}` |", Document, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"```(?<language>\w+)\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
