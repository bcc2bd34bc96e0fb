using System.Text.RegularExpressions;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>An alert as it stands in <c>deploy/prometheus/rules</c>.</summary>
/// <param name="File">Name of its file, without folder.</param>
/// <param name="Text">Its lines.</param>
internal sealed partial record Alert(string Name, string File, string Text)
{
    /// <summary><c>deploy/prometheus</c>.</summary>
    public static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "deploy", "prometheus");

    public static IReadOnlyList<string> RuleFiles { get; } = Directory.GetFiles(Path.Combine(Folder, "rules"), "*.yml");

    public static IReadOnlyList<string> TestFiles { get; } = Directory.GetFiles(Path.Combine(Folder, "tests"), "*.yml");

    /// <summary>All of them. promtool reads the files as YAML; we need no more than where each begins and ends.</summary>
    public static IReadOnlyList<Alert> All { get; } =
    [
        .. RuleFiles.SelectMany(file => Rule().Matches(global::System.IO.File.ReadAllText(file)).Select(match => new Alert(match.Groups["name"].Value, Path.GetFileName(file), match.Value))),
    ];

    /// <summary>The value of a key of the alert or of its annotations, on its first line.</summary>
    public string? Value(string key) => Regex.Match(Text, $@"\b{key}: (?<value>[^\n{{}}]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups["value"].Value : null;

    [GeneratedRegex(@"(?m)^      - alert: (?<name>\w+)\n(?:(?:        .*)?\n)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();
}
