using System.Text.Json;

namespace Streamgauge.Serving.Tests;

public sealed class AggregatesTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string HalfAPetabit = "123456789012.345678"; // a double would lose its last digits

    [Fact]
    public async Task Counters_come_back_typed_grouped_and_exact()
    {
        var redis = await fixture.SeedAsync(
            ["HSET", "{events}:aggregates", "total_count", "7", "total_value_micros", "123456789012345678", "last_updated", "2026-01-31T12:00:00.123Z",
                "type:click:count", "5", "type:click:value_micros", "123456789012345678", "type:buy:count", "2", "type:buy:value_micros", "0",
                "product:laptop:count", "3", "product:(other):count", "1"],
            ["HSET", "{events}:meta", "commits", "2", "dead_entries", "1", "dead_events", "2", "late", "4", "clamped", "5", "lost", "6", "residue", "7"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync("/aggregates");

        Assert.Equal(["as_of", "complete_through", "lag_seconds", "degraded", "overview", "event_types", "products", "sessions"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", answer.GetProperty("as_of").GetString());
        Assert.Equal(0, answer.GetProperty("lag_seconds").GetDecimal());
        Assert.False(answer.GetProperty("degraded").GetBoolean());
        Assert.Equal(
            $$"""{"total_count":7,"total_value":{{HalfAPetabit}},"last_updated":"2026-01-31T12:00:00.123Z","event_types":2,"products":1,"sessions":0,"dead_lettered":3,"late":4,"clamped":5,"lost":6,"residue":7,"pending":0}""",
            answer.GetProperty("overview").GetRawText());
        Assert.Equal(
            $$$"""{"count":2,"items":[{"name":"click","count":5,"value":{{{HalfAPetabit}}},"share":0.714286},{"name":"buy","count":2,"value":0,"share":0.285714}],"hidden_count":0,"other":{"count":0,"value":0,"share":0}}""",
            answer.GetProperty("event_types").GetRawText());
        Assert.Equal(
            """{"count":1,"items":[{"name":"laptop","count":3,"share":0.75}],"hidden_count":0,"other":{"count":1,"share":0.25}}""",
            answer.GetProperty("products").GetRawText());
        Assert.Equal("""{"count":0,"retained_hours":24,"items":[],"next":null}""", answer.GetProperty("sessions").GetRawText());
    }

    [Fact]
    public async Task Top_lists_the_most_counted_and_the_rest_adds_up_to_the_total()
    {
        var types = Enumerable.Range(1, 150).SelectMany(i => (string[])[$"type:t{i:000}:count", $"{i}", $"type:t{i:000}:value_micros", $"{i * 500_000}"]);
        var products = Enumerable.Range(1, 300).SelectMany(i => (string[])[$"product:p{i:000}:count", $"{i}"]);
        var redis = await fixture.SeedAsync(["HSET", "{events}:aggregates", "total_count", "11325", .. types, .. products]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var whole = await host.GetJsonAsync("/aggregates");
        var two = await host.GetJsonAsync("/aggregates?top=2");
        var all = await host.GetJsonAsync("/v1/aggregates?top=1000");

        Assert.Equal(100, whole.GetProperty("event_types").GetProperty("items").GetArrayLength());
        Assert.Equal(100, whole.GetProperty("products").GetProperty("items").GetArrayLength());
        Assert.Equal("""{"count":150,"items":[{"name":"t150","count":150,"value":75,"share":0.013245},{"name":"t149","count":149,"value":74.5,"share":0.013157}],"hidden_count":148,"other":{"count":11026,"value":5513,"share":0.973598}}""",
            two.GetProperty("event_types").GetRawText());
        Assert.Equal(["p300", "p299"], Names(two.GetProperty("products")));
        Assert.Equal(298, two.GetProperty("products").GetProperty("hidden_count").GetInt32());
        Assert.Equal(300, all.GetProperty("products").GetProperty("items").GetArrayLength());
        Assert.Equal(0, all.GetProperty("event_types").GetProperty("other").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task Types_add_up_to_the_total_in_every_snapshot_while_commits_run()
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.RefreshInterval = TimeSpan.FromMilliseconds(10));
        const int Rounds = 60;
        var commits = Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await counting.AppendAllAsync(Enumerable.Range(0, 50).Select(i => (string[])["event_type", $"t{i % 7}", "value", "0.1", "session_id", $"s{i}"]));
                await counting.CommitAllAsync();
            }
        });

        var totals = new HashSet<long>();
        while (!commits.IsCompleted)
        {
            var answer = await host.GetJsonAsync("/aggregates");
            var overview = answer.GetProperty("overview");
            var total = overview.GetProperty("total_count").GetInt64();
            var items = answer.GetProperty("event_types").GetProperty("items").EnumerateArray().ToList();
            Assert.Equal(total, items.Sum(item => item.GetProperty("count").GetInt64()));
            Assert.Equal(overview.GetProperty("total_value").GetDecimal(), items.Sum(item => item.GetProperty("value").GetDecimal()));
            totals.Add(total);
        }

        await commits;
        Assert.True(totals.Count > 2, $"the counters should have been seen moving, seen {totals.Count} states");
        var last = await host.UntilAsync("/aggregates", json => json.GetProperty("overview").GetProperty("total_count").GetInt64() == Rounds * 50, "all events are shown");
        Assert.Equal(300m, last.GetProperty("overview").GetProperty("total_value").GetDecimal());
        Assert.Equal(50, last.GetProperty("overview").GetProperty("sessions").GetInt64());
    }

    [Fact]
    public async Task Hostile_names_come_back_as_they_were_sent_and_harmless_in_the_bytes()
    {
        string[] names = ["\"quoted\\\"", "<script>alert(1)</script>", "\u202Eright to left", "a:count", ":", "type:x:count", "日本", "%2F/..?#"];
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAllAsync(names.Select(name => (string[])["event_type", name, "product", name, "session_id", name]));
        await counting.CommitAllAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var raw = await host.Client.GetStringAsync(new Uri("/aggregates", UriKind.Relative));
        var answer = await host.GetJsonAsync("/aggregates");

        Assert.DoesNotContain("<", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", raw, StringComparison.Ordinal);
        Assert.Equal(names.Order(StringComparer.Ordinal), Names(answer.GetProperty("event_types")).Order(StringComparer.Ordinal));
        Assert.Equal(names.Order(StringComparer.Ordinal), Names(answer.GetProperty("products")).Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            var session = await host.GetJsonAsync($"/aggregates/sessions/{Uri.EscapeDataString(name)}");
            Assert.Equal(name, session.GetProperty("id").GetString());
            Assert.Equal(1, session.GetProperty("events").GetInt64());
        }
    }

    [Fact]
    public async Task Summary_shows_the_totals_and_the_rate_of_the_last_seconds()
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        await counting.AppendAllAsync(Enumerable.Range(0, 500).Select(_ => (string[])["event_type", "click"]));
        await counting.CommitAllAsync();

        var summary = await host.UntilAsync(
            "/aggregates/summary", json => json.GetProperty("events_per_second") is { ValueKind: JsonValueKind.Number } rate && rate.GetDecimal() > 0, "a rate is known");

        Assert.Equal(["as_of", "complete_through", "lag_seconds", "degraded", "overview", "events_per_second"], summary.EnumerateObject().Select(p => p.Name));
        Assert.Equal(500, summary.GetProperty("overview").GetProperty("total_count").GetInt64());
    }

    [Fact]
    public async Task Uncounted_entries_show_as_lag_and_bound_what_is_complete()
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAsync("event_type", "click");
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.UntilAsync("/aggregates/summary", json => json.GetProperty("lag_seconds").GetDecimal() > 1, "lag grows without commits");

        Assert.Equal(
            answer.GetProperty("lag_seconds").GetDecimal(),
            (decimal)(answer.GetProperty("as_of").GetDateTimeOffset() - answer.GetProperty("complete_through").GetDateTimeOffset()).TotalSeconds);
    }

    private static IEnumerable<string> Names(JsonElement part) => part.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!);
}
