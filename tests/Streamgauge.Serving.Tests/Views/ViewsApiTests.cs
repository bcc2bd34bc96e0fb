using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

public sealed class ViewsApiTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly CatalogView Sales = new(ViewSeed.Sales, 1, CatalogState.Active, 1_763_805_600_000);

    [Fact]
    public async Task Views_are_listed_with_everything_a_client_needs_to_ask_them()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales, new CatalogView(new ViewDefinition { Name = "next", GroupsMax = 10 }, 3, CatalogState.Building, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var list = await host.GetJsonAsync("/v1/views");

        Assert.Equal(["total", "event_types", "products", "sales", "next"], list.GetProperty("views").EnumerateArray().Select(view => view.GetProperty("name").GetString()));
        Assert.Equal(
            """{"name":"sales","description":"Sales by product","filter":null,"group_by":["product"],"measures":["count","sum(value)"],"tiers":[{"every":"1m","retain":"2d"},{"every":"1h","retain":"30d"},{"every":"all","retain":null}],"limit":100,"state":"active","built_in":false,"since":"2025-11-22T10:00:00.000Z","generation":1,"links":{"self":"/v1/views/sales","stream":"/v1/stream/sales"}}""",
            list.GetProperty("views")[3].GetRawText());
        Assert.Equal("building", list.GetProperty("views")[4].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_series_has_a_point_per_step_and_a_series_per_group()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var (first, last) = (ViewSeed.MinutesAgo(3), ViewSeed.MinutesAgo(1));
        await seed.CommitAsync((first, "laptop", 2, 2_500_000), (first, "phone", 1, 1_000_000));
        await seed.CommitAsync((last, "laptop", 3, -500_000));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync($"/v1/views/sales?from={ViewSeed.Time(first)}&to={ViewSeed.Time(last + 60_000)}&step=1m");

        Assert.Equal("1m", answer.GetProperty("tier").GetString());
        Assert.Equal(ViewSeed.Time(first), answer.GetProperty("from").GetString());
        Assert.Equal(ViewSeed.Time(last + 60_000), answer.GetProperty("to").GetString());
        Assert.Equal(2, answer.GetProperty("revision").GetInt64());
        Assert.False(answer.GetProperty("degraded").GetBoolean());
        Assert.Equal([(1, true), (0, true), (2, true)], answer.GetProperty("buckets").EnumerateArray().Select(bucket => (bucket.GetProperty("revision").GetInt32(), bucket.GetProperty("final").GetBoolean())));
        Assert.Equal(
            """[{"group":{"product":"laptop"},"values":{"count":[2,0,3],"sum(value)":[2.5,0,-0.5]},"totals":{"count":5,"sum(value)":2}},{"group":{"product":"phone"},"values":{"count":[1,0,0],"sum(value)":[1,0,0]},"totals":{"count":1,"sum(value)":1}}]""",
            answer.GetProperty("series").GetRawText());
        Assert.Equal("""{"count":6,"sum(value)":3}""", answer.GetProperty("totals").GetRawText());
    }

    [Theory]
    [InlineData("group=&measures=count", """[{"group":{},"values":{"count":[3,4]},"totals":{"count":7}}]""")]
    [InlineData("top=1&measures=count", """[{"group":{"product":"phone"},"values":{"count":[0,4]},"totals":{"count":4}},{"group":{"product":"(rest)"},"rest":true,"values":{"count":[3,0]},"totals":{"count":3}}]""")]
    [InlineData("order=sum(value):asc&measures=sum(value)", """[{"group":{"product":"tablet"},"values":{"sum(value)":[0,0]},"totals":{"sum(value)":0}},{"group":{"product":"phone"},"values":{"sum(value)":[0,1]},"totals":{"sum(value)":1}},{"group":{"product":"laptop"},"values":{"sum(value)":[9,0]},"totals":{"sum(value)":9}}]""")]
    [InlineData("where=product+in+('laptop','tablet')&measures=count", """[{"group":{"product":"laptop"},"values":{"count":[2,0]},"totals":{"count":2}},{"group":{"product":"tablet"},"values":{"count":[1,0]},"totals":{"count":1}}]""")]
    public async Task Groups_measures_order_and_filter_are_as_asked_for(string query, string series)
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var (first, last) = (ViewSeed.MinutesAgo(2), ViewSeed.MinutesAgo(1));
        await seed.CommitAsync((first, "laptop", 2, 9_000_000), (first, "tablet", 1, 0), (last, "phone", 4, 1_000_000));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync($"/v1/views/sales?from={first}&to={last + 60_000}&step=1m&{query}");

        Assert.Equal(series, answer.GetProperty("series").GetRawText());
    }

    [Fact]
    public async Task What_is_committed_is_shown_with_the_next_refresh_and_only_then()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(1);
        await seed.CommitAsync((minute, "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        var path = $"/v1/views/sales?from={minute}&to={minute + 60_000}&step=1m&group=";
        Assert.Equal(1, Count(await host.GetJsonAsync(path)));

        for (var round = 2; round <= 5; round++)
        {
            await seed.CommitAsync((minute, $"p{round}", 1, 0));
            var expected = round;
            var answer = await host.UntilAsync(path, json => Count(json) == expected, $"commit {expected} is shown");
            Assert.Equal(expected, answer.GetProperty("buckets")[0].GetProperty("revision").GetInt32());
        }

        var hour = await host.GetJsonAsync("/v1/views/sales?step=1h&group=&from=-2h");
        Assert.Equal(5, Count(hour));
        Assert.Equal("1h", hour.GetProperty("tier").GetString());
        Assert.Equal(5, Count(await host.GetJsonAsync("/v1/views/sales?step=all&group=")));
    }

    [Fact]
    public async Task Rows_come_as_csv_and_as_lines_of_json()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(1);
        await seed.CommitAsync((minute, "a \"b\", c", 2, 2_500_000));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        var path = $"/v1/views/sales?from={minute}&to={minute + 60_000}&step=1m";

        using var csv = await host.Client.GetAsync(new Uri($"{path}&format=csv", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}&compare=previous");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var lines = await host.Client.SendAsync(request);

        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"start,end,final,product,count,sum(value)\r\n{ViewSeed.Time(minute)},{ViewSeed.Time(minute + 60_000)},true,\"a \"\"b\"\", c\",2,2.5\r\n", await csv.Content.ReadAsStringAsync());
        Assert.Equal("1", csv.Headers.GetValues("Streamgauge-Revision").Single());
        Assert.Equal("application/x-ndjson", lines.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            $$$"""{"start":"{{{ViewSeed.Time(minute)}}}","end":"{{{ViewSeed.Time(minute + 60_000)}}}","final":true,"group":{"product":"a \u0022b\u0022, c"},"values":{"count":2,"sum(value)":2.5},"previous":{"count":0,"sum(value)":0}}""" + "\n",
            await lines.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_unchanged_answer_is_not_sent_twice_although_time_goes_on()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var minute = ViewSeed.MinutesAgo(1);
        await seed.CommitAsync((minute, "laptop", 1, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        var path = $"/v1/views/sales?from={minute}&to={minute + 60_000}&step=1m";
        using var first = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        await Task.Delay(1_100); // as_of has moved on by now

        using var same = await AskAsync(host, path, first.Headers.ETag!);
        await seed.CommitAsync((minute - 600_000, "laptop", 1, 0)); // another bucket
        await host.UntilAsync("/v1/views/sales?step=all", json => json.GetProperty("revision").GetInt64() == 2, "the commit is seen");
        using var still = await AskAsync(host, path, first.Headers.ETag!);
        await seed.CommitAsync((minute, "laptop", 1, 0));
        await host.UntilAsync("/v1/views/sales?step=all", json => json.GetProperty("revision").GetInt64() == 3, "the commit is seen");
        using var changed = await AskAsync(host, path, first.Headers.ETag!);

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.NotEqual(first.Headers.GetValues("Streamgauge-As-Of"), same.Headers.GetValues("Streamgauge-As-Of"));
        Assert.Equal(HttpStatusCode.NotModified, still.StatusCode);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Built_in_views_answer_from_the_documented_counters()
    {
        var redis = await fixture.SeedAsync(
            ["HSET", "{events}:aggregates", "total_count", "7", "total_value_micros", "2500000", "type:click:count", "5", "type:click:value_micros", "0", "type:buy:count", "2", "type:buy:value_micros", "2500000", "product:laptop:count", "3"],
            ["HSET", "{events}:meta", "commits", "4", "groups:event_types", "2"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        Assert.Equal("""{"count":7,"sum(value)":2.5}""", (await host.GetJsonAsync("/v1/views/total")).GetProperty("totals").GetRawText());
        var types = await host.GetJsonAsync("/v1/views/event_types");
        Assert.Equal(
            """[{"group":{"event_type":"click"},"totals":{"count":5,"sum(value)":0}},{"group":{"event_type":"buy"},"totals":{"count":2,"sum(value)":2.5}}]""",
            types.GetProperty("series").GetRawText());
        Assert.Equal("""{"count":3}""", (await host.GetJsonAsync("/v1/views/products?top=1")).GetProperty("totals").GetRawText());

        await using var connection = await redis.ConnectAsync();
        await connection.ExecuteAsync(["HSET", "{events}:aggregates", "total_count", "8"]);
        await connection.ExecuteAsync(["HSET", "{events}:meta", "commits", "5"]);
        await host.UntilAsync("/v1/views/total", json => json.GetProperty("totals").GetProperty("count").GetInt32() == 8, "the change is shown");
    }

    private static int Count(JsonElement answer) => answer.GetProperty("totals").GetProperty("count").GetInt32();

    private static async Task<HttpResponseMessage> AskAsync(ServingHost host, string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        return await host.Client.SendAsync(request);
    }
}
