using System.Text.Json.Nodes;

namespace Streamgauge.Cli.Tests;

public class ReportTests
{
    private readonly Report _report = new Report()
        .Add("total_count", "events", 1_234_567)
        .Add("total_value", "sum of values", 293_615.990000m)
        .Add("state", "state", "\"fine\"")
        .Add("types", "types", "view 2", new JsonObject { ["view"] = 2 })
        .Add("nothing", "nothing", "-", value: null);

    [Fact]
    public void People_get_aligned_lines() => Assert.Equal(
        ["events         1,234,567", "sum of values  293,615.99", "state          \"fine\"", "types          view 2", "nothing        -"],
        Write(OutputFormat.Table).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Programs_get_one_JSON_object_with_exact_numbers()
    {
        var json = JsonNode.Parse(Write(OutputFormat.Json))!.AsObject();
        Assert.Equal(["total_count", "total_value", "state", "types", "nothing"], json.Select(member => member.Key));
        Assert.Equal(1_234_567, json["total_count"]!.GetValue<long>());
        Assert.Equal(293_615.99m, json["total_value"]!.GetValue<decimal>());
        Assert.Equal("\"fine\"", json["state"]!.GetValue<string>());
        Assert.Equal(2, json["types"]!["view"]!.GetValue<int>());
        Assert.Null(json["nothing"]);
    }

    private string Write(OutputFormat format)
    {
        using var text = new StringWriter();
        _report.Write(text, format);
        return text.ToString();
    }
}
