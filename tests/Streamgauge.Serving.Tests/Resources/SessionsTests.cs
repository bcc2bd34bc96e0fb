using System.Net;
using System.Text;
using System.Text.Json;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

public sealed class SessionsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const int SessionCount = 2_500;
    private static readonly long SixHoursMs = (long)TimeSpan.FromHours(6).TotalMilliseconds;

    [Theory]
    [InlineData(1_000)]
    [InlineData(137)]
    public async Task Pages_list_every_session_of_all_buckets_once_with_its_exact_count(int pageSize)
    {
        var redis = await fixture.SeedAsync();
        var expected = await CountSessionsAsync(redis);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var seen = new Dictionary<string, long>();
        var pages = 0;
        for (var path = $"/aggregates?sessions={pageSize}"; path is not null; pages++)
        {
            var sessions = (await host.GetJsonAsync(path)).GetProperty("sessions");
            Assert.Equal(SessionCount, sessions.GetProperty("count").GetInt64());
            foreach (var item in sessions.GetProperty("items").EnumerateArray())
                Assert.True(seen.TryAdd(item.GetProperty("id").GetString()!, item.GetProperty("events").GetInt64()), $"{item} is listed twice");
            path = sessions.GetProperty("next").GetString() is { } next ? $"/aggregates?sessions={pageSize}&after={next}" : null;
        }

        Assert.Equal(expected.OrderBy(pair => pair.Key), seen.OrderBy(pair => pair.Key));
        Assert.True(pages >= SessionCount / pageSize / 2, $"pages should be about {pageSize} long, there were {pages}");
    }

    [Fact]
    public async Task Sessions_that_get_events_after_the_newest_bucket_was_walked_are_still_listed()
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await counting.AppendAllAsync(Enumerable.Range(0, 600).Select(i => (string[])["event_type", "a", "session_id", $"new{i}", "ts", $"{now}"]));
        await counting.AppendAllAsync(Enumerable.Range(0, 600).Select(i => (string[])["event_type", "a", "session_id", $"old{i}", "ts", $"{now - SixHoursMs}"]));
        await counting.CommitAllAsync();
        await using var connection = await redis.ConnectAsync();
        var reader = new SessionsReader(new StreamKeys("events"), "event_group");

        var ids = new List<string>();
        var isMoved = false;
        SessionCursor? cursor = null;
        do
        {
            var page = await reader.ReadPageAsync(connection, cursor, 100, CancellationToken.None);
            ids.AddRange(page!.Items.Select(item => item.Id));
            cursor = page.Next;
            if (isMoved || cursor?.BucketMs != cursor?.OldestMs) continue;
            isMoved = true; // the walk is in the older bucket; now its sessions stand in the newest too
            await counting.AppendAllAsync(Enumerable.Range(0, 600).Select(i => (string[])["event_type", "a", "session_id", $"old{i}", "ts", $"{now}"]));
            await counting.CommitAllAsync();
        }
        while (cursor is not null);

        Assert.True(isMoved);
        Assert.Equal(1_200, ids.Distinct().Count());
    }

    [Fact]
    public async Task One_session_has_the_events_of_all_its_buckets()
    {
        var redis = await fixture.SeedAsync();
        var expected = await CountSessionsAsync(redis);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var session = await host.GetJsonAsync("/v1/aggregates/sessions/s0");

        Assert.Equal(["as_of", "complete_through", "lag_seconds", "degraded", "id", "events", "retained_hours"], session.EnumerateObject().Select(p => p.Name));
        Assert.Equal(expected["s0"], session.GetProperty("events").GetInt64());
        Assert.Equal(24, session.GetProperty("retained_hours").GetInt32());
    }

    [Fact]
    public async Task Unknown_and_impossible_sessions_are_problems()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var unknown = await host.GetJsonAsync("/aggregates/sessions/nobody", HttpStatusCode.NotFound);
        var tooLong = await host.GetJsonAsync($"/aggregates/sessions/{new string('x', 257)}", HttpStatusCode.BadRequest);

        Assert.Equal("urn:streamgauge:problem:unknown-session", unknown.GetProperty("type").GetString());
        Assert.Equal("urn:streamgauge:problem:invalid-session-id", tooLong.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("MS4yLjMuNA")] // 1.2.3.4
    [InlineData("LTEuMi4z")] // -1.2.3
    public async Task A_cursor_that_is_not_ours_is_a_problem(string cursor)
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var problem = await host.GetJsonAsync($"/aggregates?after={cursor}", HttpStatusCode.BadRequest);

        Assert.Equal("urn:streamgauge:problem:invalid-parameter", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_cursor_of_buckets_that_have_expired_says_to_begin_again()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var problem = await host.GetJsonAsync($"/aggregates?after={new SessionCursor(1, 2, 3)}", HttpStatusCode.BadRequest);

        Assert.Equal("urn:streamgauge:problem:expired-cursor", problem.GetProperty("type").GetString());
    }

    [Fact]
    public void Cursors_survive_the_url_and_only_whole()
    {
        var cursor = new SessionCursor(long.MaxValue, 1_763_805_600_000, ulong.MaxValue);
        var text = cursor.ToString();

        Assert.Equal(text, Uri.EscapeDataString(text));
        Assert.True(SessionCursor.TryParse(text, out var parsed));
        Assert.Equal(cursor, parsed);
        Assert.False(SessionCursor.TryParse(new string('A', SessionCursor.TextCharsMax + 1), out _));
        Assert.False(SessionCursor.TryParse(Convert.ToBase64String(Encoding.UTF8.GetBytes("1.2.3.")), out _));
    }

    [Fact]
    public async Task Sessions_of_zero_leaves_the_list_out_and_keeps_the_count()
    {
        var redis = await fixture.SeedAsync();
        await CountSessionsAsync(redis);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var sessions = (await host.GetJsonAsync("/aggregates?sessions=0")).GetProperty("sessions");

        Assert.Equal(SessionCount, sessions.GetProperty("count").GetInt64());
        Assert.Equal(0, sessions.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, sessions.GetProperty("next").ValueKind);
    }

    /// <summary>2,500 sessions over three buckets, every third in two of them, every fifth in all three.</summary>
    private static async Task<Dictionary<string, long>> CountSessionsAsync(RedisServer redis)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var expected = new Dictionary<string, long>();
        var events = new List<string[]>();
        for (var i = 0; i < SessionCount; i++)
        {
            Add(i, i % 3);
            if (i % 3 == 0) Add(i, 1);
            if (i % 5 != 0) continue;
            for (var bucket = 0; bucket < 3; bucket++) Add(i, bucket);
        }

        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAllAsync(events);
        await counting.CommitAllAsync();
        return expected;

        void Add(int session, int bucketsBack)
        {
            events.Add(["event_type", "click", "session_id", $"s{session}", "ts", $"{now - (bucketsBack * SixHoursMs)}"]);
            expected[$"s{session}"] = expected.GetValueOrDefault($"s{session}") + 1;
        }
    }
}
