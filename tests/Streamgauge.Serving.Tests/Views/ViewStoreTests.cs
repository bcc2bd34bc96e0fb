using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Resp;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

public sealed class ViewStoreTests
{
    private static readonly CatalogView Sales = new(ViewSeed.Sales, 1, CatalogState.Active, 0);

    [Fact]
    public async Task Buckets_are_read_once_and_then_only_when_they_changed_however_often_they_are_asked_for()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(20);
        for (var i = 0; i < 20; i++) await seed.CommitAsync((minute + (i * 60_000), "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        var path = $"/v1/views/sales?from={minute}&to={minute + 1_200_000}&step=1m";
        await host.GetJsonAsync(path);
        await seed.Connection.ExecuteAsync(["CONFIG", "RESETSTAT"]);

        for (var i = 0; i < 200; i++) await host.GetJsonAsync(path);
        Assert.Equal(0, await BucketsReadAsync(seed.Connection));

        await seed.CommitAsync((minute, "laptop", 1, 0)); // three buckets, one of them in use
        await host.UntilAsync(path, json => json.GetProperty("totals").GetProperty("count").GetInt32() == 21, "the change is shown");
        for (var i = 0; i < 200; i++) await host.GetJsonAsync(path);
        Assert.Equal(1, await BucketsReadAsync(seed.Connection));
    }

    [Fact]
    public async Task More_changes_than_a_page_holds_are_all_taken_over()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var seed = await ViewSeed.StartAsync(redis, new CatalogView(ViewSeed.Sales with { Tiers = [new Tier(TimeSpan.FromSeconds(10), TimeSpan.FromDays(2))] }, 1, CatalogState.Active, 0));
        var start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 10_000 * 10_000;
        var names = Enumerable.Range(0, 15_000).Select(i => $"sales.1:10s:{start - (i * 10_000L)}").ToArray();
        await Task.WhenAll(names.Select((name, i) => seed.Connection.ExecuteAsync(["ZADD", "{events}:buckets", $"{1 + (i / 4_000)}", name]))); // a commit is cut by the page's end
        await Task.WhenAll(names.Select(name => seed.Connection.ExecuteAsync(["HSET", "{events}:" + name, "count:laptop", "1"])));
        await seed.Connection.ExecuteAsync(["HSET", "{events}:meta", "commits", "4"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync($"/v1/views/sales?from={start - (14_999 * 10_000L)}&to={start + 10_000}&step=50s&group=&measures=count");

        Assert.Equal(15_000, answer.GetProperty("totals").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Redis_that_lost_state_is_read_anew()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(2);
        for (var i = 0; i < 5; i++) await seed.CommitAsync((minute, "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        var path = $"/v1/views/sales?from={minute}&to={minute + 60_000}&step=1m";
        Assert.Equal(5, (await host.GetJsonAsync(path)).GetProperty("totals").GetProperty("count").GetInt32());

        await seed.Connection.ExecuteAsync(["FLUSHALL"]);
        await host.UntilStatusAsync(path, HttpStatusCode.NotFound);
        await using var again = await ViewSeed.StartAsync(redis, Sales);
        await again.CommitAsync((minute, "phone", 2, 0));

        await Eventually.Async(
            async () =>
            {
                using var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
                return response.StatusCode == HttpStatusCode.OK && (await response.Content.ReadAsStringAsync()).Contains("\"totals\":{\"count\":2,", StringComparison.Ordinal);
            },
            "the new state is shown");
    }

    [Fact]
    public async Task What_is_in_memory_is_answered_while_Redis_is_away_and_says_so()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(2);
        await seed.CommitAsync((minute, "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        var path = $"/v1/views/sales?from={minute}&to={minute + 60_000}&step=1m";
        await host.GetJsonAsync(path);

        redis.Kill();
        var answer = await host.UntilAsync(path, json => json.GetProperty("degraded").GetBoolean(), "the answer says degraded");

        Assert.Equal(1, answer.GetProperty("totals").GetProperty("count").GetInt32());
        Assert.True(answer.GetProperty("age_seconds").GetDecimal() >= 0);
        var unread = await host.GetJsonAsync("/v1/views/sales?step=all", HttpStatusCode.ServiceUnavailable);
        Assert.Equal("urn:streamgauge:problem:redis-away", unread.GetProperty("type").GetString());

        await redis.RestartAsync();
        await host.UntilStatusAsync("/health/ready", HttpStatusCode.OK); // what was in memory may be what Redis lost, so it is read anew
        await host.UntilStatusAsync(path, HttpStatusCode.OK);
        await host.UntilAsync(path, json => !json.GetProperty("degraded").GetBoolean(), "the answer is current again");
    }

    [Fact]
    public async Task A_catalog_that_cannot_be_read_leaves_the_views_known_before()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        await seed.CommitAsync((ViewSeed.MinutesAgo(1), "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        await seed.Connection.ExecuteAsync(["SET", "{events}:views", "{"]);
        await seed.Connection.ExecuteAsync(["HSET", "{events}:meta", "views_version", "9"]);
        await seed.CommitAsync((ViewSeed.MinutesAgo(1), "laptop", 1, 0));

        await host.UntilAsync("/v1/views/sales?step=all", json => json.GetProperty("totals").GetProperty("count").GetInt32() == 2, "the view goes on");
    }

    [Fact]
    public async Task Memory_stays_within_its_budget_and_a_query_beyond_it_is_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(30);
        for (var i = 0; i < 30; i++) await seed.CommitAsync([.. Enumerable.Range(0, 300).Select(p => (minute + (i * 60_000L), $"p{p}", 1, 1L))]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.ViewCellsMax = 10_000);
        var cache = host.Services.GetRequiredService<ViewStore>().Cache;

        for (var i = 0; i < 30; i++)
        {
            var answer = await host.GetJsonAsync($"/v1/views/sales?from={minute + (i * 60_000L)}&to={minute + ((i + 1) * 60_000L)}&step=1m");
            Assert.Equal(300, answer.GetProperty("totals").GetProperty("count").GetInt32());
            Assert.InRange(cache.Cells, 600, 10_000);
        }

        Assert.True(cache.Evicted > 0);
        var problem = await host.GetJsonAsync($"/v1/views/sales?from={minute}&to={minute + 1_800_000}&step=1m", HttpStatusCode.BadRequest);
        Assert.Equal("urn:streamgauge:problem:too-much-to-read", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_field_that_somebody_spoilt_is_left_out_and_the_rest_is_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(1);
        await seed.CommitAsync((minute, "laptop", 1, 0), (minute, "phone", 2, 0));
        await seed.Connection.ExecuteAsync(["HSET", $"{{events}}:sales.1:1m:{minute}", "count:phone", "many"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync($"/v1/views/sales?from={minute}&to={minute + 60_000}&step=1m&group=");

        Assert.Equal(1, answer.GetProperty("totals").GetProperty("count").GetInt32());
    }

    // Every bucket that is read brings its score, and nothing else asks for scores.
    private static async Task<long> BucketsReadAsync(RespConnection connection)
    {
        var stats = (await connection.ExecuteAsync(["INFO", "commandstats"])).AsText();
        var calls = stats.Split("\r\n").FirstOrDefault(line => line.StartsWith("cmdstat_zscore:", StringComparison.Ordinal));
        return calls is null ? 0 : long.Parse(calls.Split("calls=")[1].Split(',')[0]);
    }
}
