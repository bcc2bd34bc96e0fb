using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Findings for people, grouped and aligned, or for programs.</summary>
internal sealed class FindingsReport(IReadOnlyList<Finding> findings)
{
    // Without escapes that JSON does not need: a repair is meant to be copied.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly FindingStatus[] Statuses = [FindingStatus.Ok, FindingStatus.Warn, FindingStatus.Fail, FindingStatus.Unknown];

    public FindingStatus Worst { get; } = findings.Count == 0 ? FindingStatus.Ok : findings.Max(finding => finding.Status);

    public void WriteText(TextWriter output, bool isColoured)
    {
        var nameWidth = findings.Max(finding => Name(finding).Length);
        foreach (var group in findings.GroupBy(finding => (finding.Node, Area: Area(finding))))
        {
            output.WriteLine(group.Key.Node is { } node ? $"{group.Key.Area} of {TerminalText.Of(node)}" : group.Key.Area);
            foreach (var finding in group)
            {
                output.WriteLine($"  {Coloured(finding.Status, isColoured)}{Name(finding).PadRight(nameWidth)}  {TerminalText.Of(finding.Seen)}");
                if (finding.Why is not null) output.WriteLine($"           why     {TerminalText.Of(finding.Why)}");
                if (finding.Repair is not null) output.WriteLine($"           repair  {TerminalText.Of(finding.Repair)}");
            }

            output.WriteLine();
        }

        output.WriteLine(string.Join(", ", Statuses.Select(status => $"{Count(status)} {Word(status)}")));
    }

    public void WriteJson(TextWriter output)
    {
        var counts = new JsonObject();
        foreach (var status in Statuses) counts[Word(status)] = Count(status);
        var document = new JsonObject
        {
            ["healthy"] = Worst < FindingStatus.Fail,
            ["counts"] = counts,
            ["findings"] = new JsonArray([.. findings.Select(finding => new JsonObject
            {
                ["check"] = finding.Check, ["node"] = finding.Node, ["status"] = Word(finding.Status), ["seen"] = finding.Seen, ["why"] = finding.Why, ["repair"] = finding.Repair,
            })]),
        };
        output.WriteLine(document.ToJsonString(Indented));
    }

    private static string Coloured(FindingStatus status, bool isColoured)
    {
        var word = Word(status).PadRight(9);
        if (!isColoured) return word;
        var colour = status switch { FindingStatus.Ok => 32, FindingStatus.Warn => 33, FindingStatus.Fail => 31, _ => 36 };
        return $"\e[{colour}m{word}\e[0m";
    }

    private static string Word(FindingStatus status) => status switch { FindingStatus.Ok => "ok", FindingStatus.Warn => "warn", FindingStatus.Fail => "fail", _ => "unknown" };

    private static string Area(Finding finding) => finding.Check[..finding.Check.IndexOf('.', StringComparison.Ordinal)];

    private static string Name(Finding finding) => finding.Check[(finding.Check.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private int Count(FindingStatus status) => findings.Count(finding => finding.Status == status);
}
