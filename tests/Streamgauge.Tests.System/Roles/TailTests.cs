using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary><c>tail</c> as a person or a pipe uses it.</summary>
public sealed class TailTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Newest_events_are_printed_oldest_of_them_first()
    {
        await using var connection = await _redis.ConnectAsync();
        for (var i = 1; i <= 30; i++) await connection.ExecuteAsync(["XADD", "events", $"{i}-0", "event_type", i % 2 == 0 ? "even" : "odd"]);

        var result = await StreamgaugeProcess.RunAsync(["tail", "--limit", "3", "--where", "event_type == 'odd'", "--output", "json", "--redis", _redis.Endpoint.ToString()]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["25-0", "27-0", "29-0"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_follower_gets_every_new_event_through_a_pipe_and_ends_at_ctrl_c()
    {
        await using var connection = await _redis.ConnectAsync();
        await connection.ExecuteAsync(["XADD", "events", "*", "event_type", "before"]);
        await using var tail = StreamgaugeProcess.Start(["tail", "--follow", "--output", "json", "--redis", _redis.Endpoint.ToString()]);
        await tail.WaitForTextAsync("before");

        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => connection.ExecuteAsync(["XADD", "events", "*", "event_type", $"after-{i}"])));
        await tail.WaitForTextAsync("after-999");
        tail.Interrupt();

        Assert.Equal(130, await tail.WaitForExitAsync());
        Assert.Equal(1_001, tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("", tail.Errors);
    }

    [Fact]
    public async Task A_filter_that_is_none_is_a_mistake_of_usage()
    {
        var result = await StreamgaugeProcess.RunAsync(["tail", "--where", "event_type ==", "--limit", "5000", "--redis", _redis.Endpoint.ToString()]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--where is no filter, see position 13", result.Errors, StringComparison.Ordinal);
        Assert.Contains("--limit must be 0 to 1000", result.Errors, StringComparison.Ordinal);
    }
}
