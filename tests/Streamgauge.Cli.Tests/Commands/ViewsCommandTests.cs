using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Cli.Tests;

public sealed class ViewsCommandTests : IDisposable
{
    private static readonly string Root = RepositoryRoot.Find();
    private readonly string _folder = Directory.CreateTempSubdirectory("streamgauge-views-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_says_what_each_view_may_take_and_what_all_do()
    {
        var result = await StreamgaugeProcess.RunAsync("views", "check", Example("web-shop"));
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Matches(@"(?m)^view +buckets +groups each +bytes per group +memory at most$", result.Output);
        Assert.Matches(@"(?m)^turnover +4,007 +1 +27,991 +107 MB$", result.Output);
        Assert.Matches(@"(?m)^all +[0-9.,]+ [MG]B$", result.Output);
    }

    [Fact]
    public async Task Check_as_JSON_is_one_object_with_exact_bytes()
    {
        var file = Write("""{ "views": [ { "name": "a" } ] }""");
        var result = await StreamgaugeProcess.RunAsync("views", "check", file, "--output", "json");
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        var answer = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal((90, "a"), (answer.GetProperty("bytes_max").GetInt64(), answer.GetProperty("views")[0].GetProperty("view").GetString()));
    }

    [Fact]
    public async Task Check_lists_all_mistakes_with_their_places_and_exits_with_2()
    {
        var file = Write("{ \"views\": [\n  { \"name\": \"A\", \"limit\": 0 },\n  { \"name\": \"b\", \"filter\": \"a = 1\" }\n] }");
        var result = await StreamgaugeProcess.RunAsync("views", "check", file, "--output", "xml");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        foreach (var problem in new[] { $"{file}:2:13: 'name' must be", $"{file}:2:27: 'limit' must be", $"{file}:3:31: 'filter': found '='; equality is written '=='.", "'xml'", "See `streamgauge views check --help`." })
            Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_shows_views_and_as_JSON_fills_in_every_default()
    {
        var file = Write("""{ "views": [ { "name": "a", "window": "1m", "filter": "size == 1 or a == 1" } ] }""");
        var table = await StreamgaugeProcess.RunAsync("views", "list", file);
        Assert.Equal((0, ""), (table.ExitCode, table.Errors));
        Assert.Matches(@"(?m)^a +- +count +1m +1,000  size == 1 or a == 1$", table.Output);

        var json = await StreamgaugeProcess.RunAsync("views", "list", file, "-o", "json");
        var view = Assert.Single(JsonDocument.Parse(json.Output).RootElement.EnumerateArray());
        Assert.Equal(("2d", 1000), (view.GetProperty("retain").GetProperty("1m").GetString(), view.GetProperty("limit").GetInt32()));
    }

    [Fact]
    public async Task Schema_is_the_one_in_the_repository()
    {
        var result = await StreamgaugeProcess.RunAsync("views", "schema");
        Assert.Equal((0, await File.ReadAllTextAsync(Path.Combine(Root, "streamgauge.schema.json"))), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("'chek' is not a verb here. Did you mean 'check'?", "streamgauge views --help", "views", "chek")]
    [InlineData("'/nowhere/views.json' does not exist: name a file that declares views.", "streamgauge views check --help", "views", "check", "/nowhere/views.json")]
    [InlineData("Required command was not provided.", "streamgauge views --help", "views")]
    public async Task A_mistake_is_named_with_the_way_to_help(string problem, string help, params string[] arguments)
    {
        var result = await StreamgaugeProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"See `{help}`.{Environment.NewLine}", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_examples_and_what_can_be_done()
    {
        var help = await StreamgaugeProcess.RunAsync("views", "--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        foreach (var text in new[] { "Examples:", "  streamgauge views check", "\n  list ", "\n  check ", "\n  schema " }) Assert.Contains(text, help.Output, StringComparison.Ordinal);
    }

    private static string Example(string name) => Path.Combine(Root, "examples", name + ".json");

    private string Write(string json)
    {
        var file = Path.Combine(_folder, "streamgauge.json");
        File.WriteAllText(file, json);
        return file;
    }
}
