using System.Text.Json;
using System.Text.RegularExpressions;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

/// <summary>Every request shown in <c>docs/api.md</c> is sent to a live server, and its answer has the shape that is shown beside it.</summary>
public sealed partial class ApiExamplesTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    public static TheoryData<string, string> Examples()
    {
        var examples = new TheoryData<string, string>();
        foreach (Match match in Example().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "api.md")))) examples.Add(match.Groups["command"].Value, match.Groups["json"].Value);
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_answers_with_the_shape_that_is_shown(string command, string json)
    {
        var redis = await fixture.SeedAsync();
        var view = ViewSeed.Sales with { Filter = EventFilter.TryParse("event_type == 'purchase'", out var filter, out _) ? filter : null };
        await using var seed = await ViewSeed.StartAsync(redis, new CatalogView(view, 1, CatalogState.Active, 1_763_805_600_000));
        for (var minute = 0; minute < 10; minute++) await seed.CommitAsync((ViewSeed.MinutesAgo(minute), "laptop", 3, 1_000_000), (ViewSeed.MinutesAgo(minute), "phone", 1, 1_000_000));
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAllAsync(Enumerable.Range(0, 700).Select(i => (string[])
            ["event_type", i < 5 ? "purchase" : $"t{i}", "product", $"p{i}", "user_id", "u-4", "session_id", $"s{i}", "event_id", $"e{i}", "value", "1299.99", "country", "NL"]));
        await counting.CommitAllAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync(PathOf(command));

        Assert.Equal(Shape(JsonDocument.Parse(json).RootElement), Shape(answer));
    }

    [Fact]
    public void There_are_examples() => Assert.True(Examples().Count >= 4, "the pattern of this test no longer fits the document");

    private static string PathOf(string command)
    {
        var path = Url().Match(command).Groups["path"].Value;
        var data = Data().Matches(command).Select(match => match.Groups["name"].Value + "=" + Uri.EscapeDataString(match.Groups["value"].Value));
        return string.Join('?', new[] { path, string.Join('&', data) }.Where(part => part.Length > 0));
    }

    // Names and kinds; lists by their last item, and empty ones not at all.
    private static string Shape(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(", ", json.EnumerateObject().Select(property => $"{property.Name}: {Shape(property.Value)}")) + "}",
        JsonValueKind.Array => json.GetArrayLength() == 0 ? "[]" : $"[{Shape(json[json.GetArrayLength() - 1])}]",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => json.ValueKind.ToString(),
    };

    [GeneratedRegex("```text\n(?<command>curl [^`]+)```\n\n```json\n(?<json>[^`]+)```", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex("http://localhost:8080(?<path>[^' ]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Url();

    [GeneratedRegex("""-d (?<name>\w+)=(?<value>\S+)|--data-urlencode "(?<name>\w+)=(?<value>[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Data();
}
