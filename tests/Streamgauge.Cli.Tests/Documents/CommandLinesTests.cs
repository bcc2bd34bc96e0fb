using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Streamgauge.TestKit;

namespace Streamgauge.Cli.Tests;

/// <summary>Every command line shown to a reader is one the program takes.</summary>
public partial class CommandLinesTests
{
    private static readonly string Root = RepositoryRoot.Find();

    public static TheoryData<string, string> Shown()
    {
        var shown = new TheoryData<string, string>();
        string[] documents = ["README.md", .. new[] { "docs", "docs/runbooks", "deploy/prometheus" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md")).Select(file => Path.GetRelativePath(Root, file))];
        foreach (var document in documents)
        {
            foreach (Match match in CodeLine().Matches(File.ReadAllText(Path.Combine(Root, document)))) shown.Add(document, match.Groups["arguments"].Value);
            foreach (Match match in MakeUp().Matches(File.ReadAllText(Path.Combine(Root, document)))) shown.Add(document, "up " + match.Groups["arguments"].Value);
        }

        foreach (var command in Verbs.Create().Subcommands)
        {
            foreach (Match match in Example().Matches(command.Description!)) shown.Add("--help", match.Groups["arguments"].Value);
        }

        return shown;
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_command_line_shown_to_readers_parses(string document, string arguments)
    {
        var words = CommandLineParser.SplitCommandLine(arguments.Split('#')[0].Replace("$PWD", "/tmp", StringComparison.Ordinal)).ToArray();
        if (words[0] == "VERB") return; // "./streamgauge VERB --help" stands for all of them
        var errors = Verbs.Create().Parse(words).Errors;
        Assert.True(errors.Count == 0, $"{document}: `{arguments}`: {string.Join("; ", errors.Select(error => error.Message))}");
    }

    [Fact]
    public void Documents_and_help_show_command_lines_at_all() => Assert.True(Shown().Count > 20, $"only {Shown().Count} found; the patterns of this test no longer fit the documents");

    [Fact]
    public void Every_verb_is_in_the_table_of_docs_cli()
    {
        var document = File.ReadAllText(Path.Combine(Root, "docs/cli.md"));
        foreach (var command in Verbs.Create().Subcommands) Assert.Matches($@"(?m)^\| `{command.Name}[ `]", document);
    }

    [Fact]
    public void Every_link_inside_the_repository_leads_somewhere_and_no_placeholder_is_left()
    {
        foreach (var document in Directory.GetFiles(Root, "*.md").Concat(new[] { "docs", "deploy" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories))))
        {
            var text = File.ReadAllText(document);
            Assert.DoesNotContain("@@", text, StringComparison.Ordinal);
            foreach (Match link in Link().Matches(text))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups["target"].Value);
                Assert.True(Path.Exists(target), $"{document} links to {link.Groups["target"].Value}, which does not exist");
            }
        }
    }

    [GeneratedRegex(@"(?m)(?:^|\| )\./streamgauge (?<arguments>[^|\n`]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeLine();

    [GeneratedRegex(@"\]\((?!https?:|#)(?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"make up ARGS=""(?<arguments>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MakeUp();

    [GeneratedRegex(@"(?m)(?:^  |\| )streamgauge (?<arguments>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();
}
