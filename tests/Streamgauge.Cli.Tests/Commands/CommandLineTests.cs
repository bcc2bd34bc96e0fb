using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Cli.Tests;

/// <summary>What the executable says to whom, and with which exit code. Real processes, since stdout and stderr are the promise.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("up")]
    [InlineData("produce")]
    [InlineData("replay")]
    [InlineData("process")]
    [InlineData("serve")]
    [InlineData("status")]
    [InlineData("bench")]
    [InlineData("doctor")]
    public async Task Help_of_every_verb_shows_examples(string verb)
    {
        var help = await StreamgaugeProcess.RunAsync(verb, "--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"  streamgauge {verb}", help.Output, StringComparison.Ordinal);
        Assert.Contains("--redis", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench", "--stream")]
    [InlineData("bench", "--group")]
    [InlineData("drill", "--stream")]
    public async Task Verbs_with_streams_of_their_own_refuse_yours(string verb, string option)
    {
        var result = await StreamgaugeProcess.RunAsync(verb, option, "mine");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(option, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replicated", "a private Redis has none")]
    [InlineData("sometimes", "must be one of memory, everysec, always, replicated")]
    public async Task Bench_refuses_a_durability_that_cannot_be_measured(string level, string reason)
    {
        var result = await StreamgaugeProcess.RunAsync("bench", "--durability", level);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(reason, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_without_a_verb_lists_the_verbs()
    {
        var help = await StreamgaugeProcess.RunAsync("--help");
        Assert.Equal(0, help.ExitCode);
        foreach (var verb in new[] { "up", "produce", "replay", "process", "serve", "status" }) Assert.Contains($"\n  {verb} ", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_verb_at_all_shows_the_help()
    {
        var result = await StreamgaugeProcess.RunAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("\n  process ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_the_parser_and_of_the_options_are_reported_together()
    {
        var result = await StreamgaugeProcess.RunAsync("process", "--timeout", "x", "--processors", "0", "--stream", "my stream");
        Assert.Equal(2, result.ExitCode);
        foreach (var problem in new[] { "--timeout must be a duration", "workers must be 1 to 64, was 0", "'my stream' cannot name a stream" })
            Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_printed()
    {
        var version = await StreamgaugeProcess.RunAsync("--version");
        Assert.Equal((0, ""), (version.ExitCode, version.Errors));
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
    }

    [Theory]
    [InlineData("'proces' is not a verb here. Did you mean 'process'?", "streamgauge --help", "proces")]
    [InlineData("'--proccessors' is not an option here. Did you mean '--processors'?", "streamgauge process --help", "process", "--proccessors", "2")]
    [InlineData("--claim-after must be a duration like 200ms, 30s, 5m, 24h or 7d, was '5'.", "streamgauge process --help", "process", "--claim-after", "5")]
    [InlineData("--retain-bytes must be a size like 64kb, 256mb or 2gb, was 'much'.", "streamgauge process --help", "process", "--retain-bytes", "much")]
    [InlineData("claim-after must exceed the command timeout", "streamgauge process --help", "process", "--claim-after", "1s", "--timeout", "2s")]
    [InlineData("does not exist", "streamgauge serve --help", "serve", "--tls-ca", "/nowhere/ca.pem")]
    [InlineData("--port must be 0 to 65535, was 70000.", "streamgauge serve --help", "serve", "--port", "70000")]
    [InlineData("Cannot parse argument 'abc' for option '--port'", "streamgauge serve --help", "serve", "--port", "abc", "--bind", "nonsense")]
    [InlineData("--bind must be an IP address", "streamgauge serve --help", "serve", "--port", "abc", "--bind", "nonsense")]
    [InlineData("'xml'", "streamgauge replay --help", "replay", "f.csv", "--format", "xml", "--rate", "-1")]
    [InlineData("Rate must be", "streamgauge replay --help", "replay", "f.csv", "--format", "xml", "--rate", "-1")]
    [InlineData("deliveries-max must be at least 2", "streamgauge process --help", "process", "--deliveries-max", "1")]
    [InlineData("no scheme", "streamgauge status --help", "status", "--redis", "localhost:6379")]
    [InlineData("'my stream' cannot name a stream", "streamgauge status --help", "status", "--stream", "my stream")]
    [InlineData("--fsync must be one of always, everysec, no, off, was 'sometimes'.", "streamgauge up --help", "up", "--fsync", "sometimes")]
    public async Task A_mistake_is_named_on_stderr_with_the_way_to_help(string problem, string help, params string[] arguments)
    {
        var result = await StreamgaugeProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"See `{help}`.{Environment.NewLine}", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_mistakes_are_all_reported_at_once()
    {
        var result = await StreamgaugeProcess.RunAsync("up", "--processors", "0", "--port", "-1", "--bind", "everywhere", "--fsync", "maybe", "--rate", "-5", "--frame-events", "0", "--stream", "a b", "--redis", "nonsense");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        foreach (var problem in new[] { "workers must be 1 to 64", "--port", "--bind", "--fsync", "Rate must be", "events per send", "'a b' cannot name a stream", "no scheme" })
            Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines.Distinct(StringComparer.Ordinal), lines);
    }

    [Fact]
    public async Task Status_as_JSON_is_one_object_on_stdout_and_nothing_else_anywhere()
    {
        await using var redis = await RedisServer.StartAsync();
        var status = await StreamgaugeProcess.RunAsync("status", "--output", "json", "--redis", redis.Endpoint.ToString());
        Assert.Equal((0, ""), (status.ExitCode, status.Errors));
        Assert.Equal(0, JsonDocument.Parse(status.Output).RootElement.GetProperty("total_count").GetInt64());
    }

    [Fact]
    public async Task Status_that_waits_in_vain_says_so_with_exit_code_3()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await connection.ExecuteAsync(["XADD", "events", "*", "event_type", "view"]);
        var status = await StreamgaugeProcess.RunAsync("status", "--wait", "100ms", "--redis", redis.Endpoint.ToString());
        Assert.Equal(3, status.ExitCode);
    }
}
