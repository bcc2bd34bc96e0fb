using System.Net;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task A_killed_Redis_leaves_the_last_counters_with_growing_age_until_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAllAsync(Enumerable.Range(0, 30).Select(i => (string[])["event_type", "click", "session_id", $"s{i}"]));
        await counting.CommitAllAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        redis.Kill();
        var first = await host.UntilAsync("/aggregates", json => json.GetProperty("degraded").GetBoolean(), "answers say degraded");
        var later = await host.UntilAsync("/aggregates", json => json.GetProperty("age_seconds").GetDecimal() > first.GetProperty("age_seconds").GetDecimal() + 0.2m, "the age grows");

        Assert.Equal(30, later.GetProperty("overview").GetProperty("total_count").GetInt64());
        Assert.Equal(first.GetProperty("as_of").GetString(), later.GetProperty("as_of").GetString());
        Assert.True((await host.GetJsonAsync("/aggregates/summary")).GetProperty("degraded").GetBoolean());
        Assert.True((await host.GetJsonAsync("/aggregates?sessions=5")).GetProperty("degraded").GetBoolean());
        Assert.Equal("urn:streamgauge:problem:not-ready", (await host.GetJsonAsync("/health/ready", HttpStatusCode.ServiceUnavailable)).GetProperty("type").GetString());
        Assert.Equal("urn:streamgauge:problem:redis-away", (await host.GetJsonAsync("/aggregates/sessions/s1", HttpStatusCode.ServiceUnavailable)).GetProperty("type").GetString());
        Assert.Equal("urn:streamgauge:problem:redis-away", (await host.GetJsonAsync($"/aggregates?after={new SessionCursor(1, 2, 3)}", HttpStatusCode.ServiceUnavailable)).GetProperty("type").GetString());
        Assert.Equal("live", (await host.GetJsonAsync("/health/live")).GetProperty("status").GetString());
        var health = await host.UntilAsync("/health", json => json.GetProperty("status").GetString() == "degraded", "health says degraded");
        Assert.Contains("Redis cannot be reached, since ", health.GetProperty("checks")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);

        await redis.RestartAsync();
        var back = await host.UntilAsync("/aggregates", json => !json.GetProperty("degraded").GetBoolean(), "answers are sound again");
        Assert.Equal(30, back.GetProperty("overview").GetProperty("total_count").GetInt64());
        Assert.False(back.TryGetProperty("age_seconds", out _));
        await host.UntilStatusAsync("/health/ready", HttpStatusCode.OK);
        await host.UntilStatusAsync("/aggregates/sessions/s1", HttpStatusCode.OK); // its own connection returns on its own time
        Assert.Equal(1, (await host.GetJsonAsync("/aggregates/sessions/s1")).GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task A_Redis_that_was_never_there_is_a_503_with_what_to_do_and_ends_by_itself()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);

        foreach (var path in (string[])["/aggregates", "/v1/aggregates/summary", "/aggregates/sessions/x", "/health/ready"])
        {
            var problem = await host.GetJsonAsync(path, HttpStatusCode.ServiceUnavailable);
            Assert.Equal("urn:streamgauge:problem:no-snapshot", problem.GetProperty("type").GetString());
            Assert.Contains("Start Redis", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("unhealthy", (await host.GetJsonAsync("/health", HttpStatusCode.ServiceUnavailable)).GetProperty("status").GetString());
        Assert.Equal("live", (await host.GetJsonAsync("/health/live")).GetProperty("status").GetString());

        await redis.RestartAsync();
        await host.UntilStatusAsync("/aggregates", HttpStatusCode.OK);
        await host.UntilStatusAsync("/health", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_stalled_Redis_makes_answers_degraded_before_its_command_times_out()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options =>
        {
            options.DegradedAfter = TimeSpan.FromMilliseconds(1_100);
            options.Connection.CommandTimeout = TimeSpan.FromSeconds(30);
        });
        redis.Pause();

        await host.UntilAsync("/aggregates/summary", json => json.GetProperty("degraded").GetBoolean(), "answers say degraded");

        redis.Resume();
        await host.UntilAsync("/aggregates/summary", json => !json.GetProperty("degraded").GetBoolean(), "answers are sound again");
    }

    [Fact]
    public async Task Redis_is_asked_no_more_often_when_the_api_is()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.RefreshInterval = TimeSpan.FromSeconds(1));
        await using var connection = await redis.ConnectAsync();
        var before = await CommandsAsync(connection);

        for (var i = 0; i < 2_000; i++) await host.GetJsonAsync(i % 2 == 0 ? "/aggregates" : "/aggregates/summary?");

        Assert.InRange(await CommandsAsync(connection) - before, 0, 1_000);
    }

    private static async Task<long> CommandsAsync(Resp.RespConnection connection)
    {
        var stats = (await connection.ExecuteAsync(["INFO", "stats"])).AsText();
        var line = stats.Split("\r\n").First(line => line.StartsWith("total_commands_processed:", StringComparison.Ordinal));
        return long.Parse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
    }
}
