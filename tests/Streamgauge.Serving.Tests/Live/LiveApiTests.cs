using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

public sealed class LiveApiTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly CatalogView Sales = new(ViewSeed.Sales, 1, CatalogState.Active, 0);

    [Fact]
    public async Task A_client_gets_a_snapshot_and_then_only_what_changed()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(5);
        for (var i = 0; i < 5; i++) await seed.CommitAsync((minute + (i * 60_000), "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        using var reader = await EventReader.OpenAsync(host, Path(minute, 5));
        var snapshot = (await reader.NextAsync())!;
        await seed.CommitAsync((minute + 120_000, "laptop", 10, 1_000_000), (minute + 120_000, "phone", 1, 0));
        var delta = (await reader.NextAsync())!;

        Assert.Equal("text/event-stream", reader.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-store", reader.Response.Headers.CacheControl!.ToString());
        Assert.Equal(("snapshot", 5, 5), (snapshot.Kind, snapshot.Count, snapshot.Points));
        Assert.Equal(("delta", 16, 1), (delta.Kind, delta.Count, delta.Points));
        Assert.Equal(ViewSeed.Time(minute + 120_000), delta.Data.GetProperty("buckets")[0].GetProperty("start").GetString());
        Assert.Equal(
            """[{"group":{"product":"laptop"},"values":{"count":[11],"sum(value)":[1]},"totals":{"count":15,"sum(value)":1}},{"group":{"product":"phone"},"values":{"count":[1],"sum(value)":[0]},"totals":{"count":1,"sum(value)":0}}]""",
            delta.Data.GetProperty("series").GetRawText());
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_what_it_missed_and_one_that_cannot_a_snapshot()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(5);
        for (var i = 0; i < 5; i++) await seed.CommitAsync((minute + (i * 60_000), "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        string id;
        using (var reader = await EventReader.OpenAsync(host, Path(minute, 5))) id = (await reader.NextAsync())!.Id!;
        await seed.CommitAsync((minute + 60_000, "laptop", 1, 0));
        await host.UntilAsync("/v1/views/sales?step=all", json => json.GetProperty("revision").GetInt64() == 6, "the commit is seen");

        using var resumed = await EventReader.OpenAsync(host, Path(minute, 5), id);
        using var other = await EventReader.OpenAsync(host, Path(minute, 5), "1-2-3-4");
        using var nonsense = await EventReader.OpenAsync(host, Path(minute, 5), "abc");
        using var limited = await EventReader.OpenAsync(host, Path(minute, 5) + "&top=1", id);

        var missed = (await resumed.NextAsync())!;
        Assert.Equal(("delta", 6, 1), (missed.Kind, missed.Count, missed.Points));
        Assert.Equal("snapshot", (await other.NextAsync())!.Kind);
        Assert.Equal("snapshot", (await nonsense.NextAsync())!.Kind);
        Assert.Equal("snapshot", (await limited.NextAsync())!.Kind);
    }

    [Fact]
    public async Task Events_come_at_most_as_often_as_allowed_and_add_up_to_the_truth()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(5);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.RefreshInterval = TimeSpan.FromMilliseconds(10));
        using var reader = await EventReader.OpenAsync(host, Path(minute, 5));
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var commits = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await seed.CommitAsync((minute + (i % 5 * 60_000), "laptop", 1, 0));
                await Task.Delay(10);
            }
        });

        var began = DateTime.UtcNow;
        var events = 0;
        while (counts.Values.Sum() < 100)
        {
            var message = (await reader.NextAsync())!;
            events++;
            for (var i = 0; i < message.Points; i++)
            {
                var values = message.Data.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("values").GetProperty("count")[i].GetInt32());
                counts[message.Data.GetProperty("buckets")[i].GetProperty("start").GetString()!] = values.Sum(); // an upsert, as a client does it
            }

            Assert.Equal(counts.Values.Sum(), message.Count);
        }

        await commits;
        Assert.Equal(5, counts.Count);
        Assert.InRange(events, 3, (int)((DateTime.UtcNow - began).TotalSeconds * 4) + 2);
    }

    [Fact]
    public async Task A_relative_range_slides_and_new_points_are_told_although_they_are_empty()
    {
        var redis = await fixture.SeedAsync();
        var view = ViewSeed.Sales with { Tiers = [new Tier(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))] };
        await using var seed = await ViewSeed.StartAsync(redis, new CatalogView(view, 1, CatalogState.Active, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        using var reader = await EventReader.OpenAsync(host, "/v1/stream/sales?from=-5s&step=1s");

        var last = (await reader.NextAsync())!;
        for (var i = 0; i < 3; i++)
        {
            var next = (await reader.NextAsync())!;
            Assert.Equal("delta", next.Kind);
            Assert.True(string.CompareOrdinal(next.Data.GetProperty("as_of").GetString(), last.Data.GetProperty("as_of").GetString()) > 0);
            Assert.InRange(next.Points, 1, 4);
            last = next;
        }

        Assert.NotEqual(last.Data.GetProperty("from").GetString(), ViewSeed.Time(0));
    }

    [Fact]
    public async Task Other_groups_above_the_limit_and_another_declaration_bring_a_snapshot()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(5);
        await seed.CommitAsync((minute, "laptop", 5, 0), (minute, "phone", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        using var reader = await EventReader.OpenAsync(host, Path(minute, 5) + "&top=1");
        Assert.Equal("snapshot", (await reader.NextAsync())!.Kind);

        await seed.CommitAsync((minute, "laptop", 1, 0));
        Assert.Equal("delta", (await reader.NextAsync())!.Kind);
        await seed.CommitAsync((minute + 60_000, "phone", 50, 0));
        Assert.Equal("snapshot", (await reader.NextAsync())!.Kind);
        await seed.DeclareAsync(Sales with { SinceMs = 5 });
        Assert.Equal("snapshot", (await reader.NextAsync())!.Kind);
        await seed.DeclareAsync();
        var end = (await reader.NextAsync())!;
        Assert.Equal(("problem", "urn:streamgauge:problem:unknown-view"), (end.Kind, end.Data.GetProperty("type").GetString()));
        Assert.Null(await reader.NextAsync());
    }

    [Fact]
    public async Task Silence_is_broken_by_heartbeats()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.StreamHeartbeat = TimeSpan.FromMilliseconds(300));
        var minute = ViewSeed.MinutesAgo(5);
        using var reader = await EventReader.OpenAsync(host, Path(minute, 5));
        await reader.NextAsync();
        _ = Task.Delay(1_500).ContinueWith(_ => seed.CommitAsync((minute, "laptop", 5, 0)), TaskScheduler.Default).Unwrap();

        await reader.NextAsync();

        Assert.InRange(reader.Heartbeats, 2, 6);
    }

    private static string Path(long fromMs, int minutes) => $"/v1/stream/sales?from={fromMs}&to={fromMs + (minutes * 60_000L)}&step=1m";
}
