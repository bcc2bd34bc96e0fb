using System.Text.Json;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Cli.Tests;

/// <summary>Dead letters, looked after from a command line.</summary>
public sealed class DlqCommandTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private RespConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _connection = await _redis.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Letters_are_listed_shown_mended_and_retried_counted_once_and_the_rest_dropped()
    {
        await using var processor = StreamgaugeProcess.Start("process", "--redis", _redis.Endpoint.ToString());
        for (var i = 0; i < 3; i++) await AddAsync("event_id", $"e{i}", "event_type", "purchase", "value", "12,50");
        await AddAsync("event_type", "view", "note", "\u001b[31mred\u202e", "ts", "yesterday");
        await AddAsync("sg:frame", "this is no frame at all");
        await WaitForLettersAsync(5);

        var list = await DlqAsync(0, "list");
        Assert.Matches(@"(?m)^bad_value +3 +0  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", list);
        var reasons = JsonDocument.Parse(await DlqAsync(0, "list", "--output", "json")).RootElement.EnumerateArray().ToDictionary(reason => reason.GetProperty("reason").GetString()!, reason => reason.GetProperty("count").GetInt64());
        Assert.Equal(3, reasons["bad_value"]);

        var shown = await DlqAsync(0, "show", "--reason", "bad_timestamp");
        Assert.Contains(@"note = \u{1b}[31mred\u{202e}", shown, StringComparison.Ordinal);
        var json = JsonDocument.Parse(await DlqAsync(0, "show", "--reason", "bad_value", "--limit", "1", "--output", "json")).RootElement;
        Assert.Equal(("e0", -1), (json.GetProperty("fields")[0].GetProperty("value").GetString(), json.GetProperty("index").GetInt32()));

        Assert.Equal("3 would be retried\n", await DlqAsync(0, "retry", "--reason", "bad_value", "--set", "value=12.50", "--dry-run"));
        Assert.Equal("3 would be retried, 3 of them still at fault\n", await DlqAsync(0, "retry", "--reason", "bad_value", "--dry-run"));
        await WaitForLettersAsync(5);
        Assert.Equal("1 retried\n", await DlqAsync(0, "retry", json.GetProperty("id").GetString()!, "--set", "value=12.50"));
        Assert.Equal("2 retried\n", await DlqAsync(0, "retry", "--reason", "bad_value", "--set", "value=12.50"));
        Assert.Equal("1 retried, 1 of them still at fault, 1 cannot be retried\n", await DlqAsync(1, "retry", "--all"));
        await Eventually.Async(async () => (await DlqAsync(0, "show", "--reason", "bad_timestamp")).Contains("retried     1 times", StringComparison.Ordinal), "it is a letter again");

        var status = await StreamgaugeProcess.RunAsync("status", "--wait", "20s", "--output", "json", "--redis", _redis.Endpoint.ToString());
        var numbers = JsonDocument.Parse(status.Output).RootElement;
        Assert.Equal((3, 37.5m, 4, 2), (numbers.GetProperty("total_count").GetInt64(), numbers.GetProperty("total_value").GetDecimal(), numbers.GetProperty("dead_retried").GetInt64(), numbers.GetProperty("dead_stored").GetInt64()));

        Assert.Equal("1 dropped\n", await DlqAsync(0, "drop", "--reason", "frame_malformed", "--yes"));
        Assert.Equal("1 dropped\n", await DlqAsync(0, "drop", "--all", "--yes"));
        Assert.Equal("", await DlqAsync(0, "list"));
        Assert.Equal(0, (await StreamgaugeProcess.RunAsync("verify", "--redis", _redis.Endpoint.ToString())).ExitCode);
    }

    [Fact]
    public async Task Full_Redis_takes_no_event_back_and_says_that_the_letters_are_as_before()
    {
        await using (StreamgaugeProcess.Start("process", "--redis", _redis.Endpoint.ToString()))
        {
            await AddAsync("event_type", "view", "value", "x");
            await WaitForLettersAsync(1);
        }

        await _connection.ExecuteAsync(["CONFIG", "SET", "maxmemory", "1mb"]);
        var result = await RunAsync("retry", "--all", "--set", "value=");
        Assert.Equal((1, "0 retried\n"), (result.ExitCode, result.Output));
        Assert.Contains("Redis is full", result.Errors, StringComparison.Ordinal);
        await WaitForLettersAsync(1);
    }

    [Fact]
    public async Task Letter_that_is_not_there_is_a_failure_that_names_it()
    {
        foreach (var verb in new[] { "show", "retry", "drop" })
        {
            var result = await RunAsync(verb, "1-1");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("1-1 is not there", result.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Say which: ids, --reason, or --all.", "retry")]
    [InlineData("Say which: ids, or --reason.", "show")]
    [InlineData("Give one of ids and --all, not both.", "drop", "1-1", "--all")]
    [InlineData("'x' is no id of a dead letter", "show", "x")]
    [InlineData("--set must be field=value, was 'value'.", "retry", "--all", "--set", "value")]
    [InlineData("'sg:frame' is no field of an event.", "retry", "--all", "--set", "sg:frame=x")]
    [InlineData("needs --yes when standard input is no terminal", "drop", "--all")]
    [InlineData("--limit must be 1 to 100000, was 0.", "show", "--reason", "bad_value", "--limit", "0")]
    public async Task A_mistake_is_named_and_nothing_is_done(string problem, params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        Assert.Contains($"streamgauge dlq {arguments[0]} --help", result.Errors, StringComparison.Ordinal);
    }

    private Task<RespValue> AddAsync(params string[] fields) => _connection.ExecuteAsync(["XADD", "events", "*", .. fields]);

    private Task WaitForLettersAsync(int count) =>
        Eventually.Async(async () => (await _connection.ExecuteAsync(["XLEN", new StreamKeys("events").Dead])).AsInteger() == count, $"there are {count} dead letters");

    private async Task<string> DlqAsync(int exitCode, params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(exitCode == result.ExitCode, $"{string.Join(' ', arguments)}: {result.ExitCode} {result.Errors}");
        return result.Output;
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => StreamgaugeProcess.RunAsync(["dlq", .. arguments, "--redis", _redis.Endpoint.ToString()]);
}
