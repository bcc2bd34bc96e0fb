using System.Text.Json.Nodes;
using Streamgauge.Streams;

namespace Streamgauge.Cli.Tests;

public class FindingsReportTests
{
    private readonly FindingsReport _report = new(
    [
        new Finding(FindingStatus.Ok, "noeviction") { Check = "memory.eviction" },
        new Finding(FindingStatus.Fail, "2 of 2 used", "It is full.", "redis-cli CONFIG SET maxmemory 1gb") { Check = "memory.used" },
        new Finding(FindingStatus.Warn, "'a\e[31mb' has never read", "It grows.", "redis-cli XGROUP DESTROY events 'a'") { Check = "stream.foreign_groups", Node = "10.0.0.1:6379" },
        new Finding(FindingStatus.Unknown, "may not look") { Check = "memory.bound" },
    ]);

    [Fact]
    public void People_get_areas_with_aligned_findings_and_the_counts_last()
    {
        var lines = Text(isColoured: false).Split(Environment.NewLine);
        Assert.Equal(
        [
            "memory", "  ok       eviction        noeviction", "  fail     used            2 of 2 used", "           why     It is full.", "           repair  redis-cli CONFIG SET maxmemory 1gb", "  unknown  bound           may not look", "",
            "stream of 10.0.0.1:6379", @"  warn     foreign_groups  'a\u{1b}[31mb' has never read", "           why     It grows.", "           repair  redis-cli XGROUP DESTROY events 'a'", "",
            "1 ok, 1 warn, 1 fail, 1 unknown", "",
        ], lines);
    }

    [Fact]
    public void Colours_are_for_terminals()
    {
        Assert.DoesNotContain('\e', Text(isColoured: false));
        Assert.Contains("\e[31mfail     \e[0mused", Text(isColoured: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_get_one_JSON_object()
    {
        using var text = new StringWriter();
        _report.WriteJson(text);
        Assert.Contains("DESTROY events 'a'", text.ToString(), StringComparison.Ordinal); // as it is to be pasted
        var json = JsonNode.Parse(text.ToString())!.AsObject();
        Assert.Equal(["healthy", "counts", "findings"], json.Select(member => member.Key));
        Assert.False(json["healthy"]!.GetValue<bool>());
        Assert.Equal("""{"ok":1,"warn":1,"fail":1,"unknown":1}""", json["counts"]!.ToJsonString());
        Assert.Equal(["check", "node", "status", "seen", "why", "repair"], json["findings"]![0]!.AsObject().Select(member => member.Key));
        Assert.Equal(("memory.eviction", "ok"), (json["findings"]![0]!["check"]!.GetValue<string>(), json["findings"]![0]!["status"]!.GetValue<string>()));
        Assert.Null(json["findings"]![0]!["repair"]);
    }

    private string Text(bool isColoured)
    {
        using var text = new StringWriter();
        _report.WriteText(text, isColoured);
        return text.ToString();
    }
}
