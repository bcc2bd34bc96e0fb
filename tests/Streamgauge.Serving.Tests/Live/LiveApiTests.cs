using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.TestKit;
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

    [Fact]
    public async Task Clients_beyond_the_limit_are_told_to_come_back_and_one_that_went_makes_room()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.StreamClientsMax = 1);
        using (var first = await EventReader.OpenAsync(host, "/v1/stream/total"))
        {
            await first.NextAsync();
            using var second = await EventReader.OpenAsync(host, "/v1/stream/total", expected: HttpStatusCode.ServiceUnavailable);
            Assert.Equal("10", second.Response.Headers.GetValues("Retry-After").Single());
        }

        await Eventually.Async(
            async () =>
            {
                using var response = await host.Client.GetAsync(new Uri("/v1/stream/total", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                return response.StatusCode == HttpStatusCode.OK;
            },
            "there is room again");
    }

    [Theory]
    [InlineData("/v1/stream/nothing", HttpStatusCode.NotFound)]
    [InlineData("/v1/stream/total?compare=previous", HttpStatusCode.BadRequest)]
    [InlineData("/v1/stream/total?step=1m", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_followed_is_refused_before_a_stream_begins(string path, HttpStatusCode status)
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        using var reader = await EventReader.OpenAsync(host, path, expected: status);

        Assert.Equal("application/problem+json", reader.Response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_slow_client_is_not_buffered_for_and_gets_a_snapshot_when_it_can_take_one()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var sales = ManySales();
        await seed.CommitAsync(sales);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.StreamSlowAfter = TimeSpan.FromMilliseconds(300));
        using var client = await FollowAsync(host, sales[0].Minute);

        await Task.Delay(1_000); // takes nothing, longer than allowed
        await seed.CommitAsync(sales[..10]);
        var kinds = new List<string>();
        using var lines = new StreamReader(new NetworkStream(client));
        while (kinds.Count < 2 && await lines.ReadLineAsync() is { } line) if (line.StartsWith("event: ", StringComparison.Ordinal)) kinds.Add(line);

        Assert.Equal(["event: snapshot", "event: snapshot"], kinds);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_dropped()
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales);
        var sales = ManySales();
        await seed.CommitAsync(sales);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.StreamDropAfter = options.StreamSlowAfter = TimeSpan.FromMilliseconds(500));
        using var client = await FollowAsync(host, sales[0].Minute);
        var clients = host.Services.GetRequiredService<LiveClients>();

        await Eventually.Async(() => clients.Count == 1, "the client is followed");
        await Eventually.Async(() => clients.Count == 0, "the client is dropped");
    }

    [Fact]
    public async Task Stopping_the_host_ends_streams_at_once()
    {
        var redis = await fixture.SeedAsync();
        var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        using var reader = await EventReader.OpenAsync(host, "/v1/stream/total");
        await reader.NextAsync();

        var began = DateTime.UtcNow;
        await host.DisposeAsync();

        Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(3), "a stream held up the host");
    }

    // Megabytes an event: more than sockets on both sides hold.
    private static (long Minute, string Product, int Count, long Micros)[] ManySales() =>
        [.. Enumerable.Range(0, 20_000).Select(i => (ViewSeed.MinutesAgo(1), $"product-{i:00000}-{new string('x', 60)}", 1, 0L))];

    private static async Task<Socket> FollowAsync(ServingHost host, long minute)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await client.ConnectAsync("127.0.0.1", host.Client.BaseAddress!.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/stream/sales?from={minute}&to={minute + 60_000}&step=1m HTTP/1.1\r\nHost: x\r\n\r\n"));
        return client;
    }

    private static string Path(long fromMs, int minutes) => $"/v1/stream/sales?from={fromMs}&to={fromMs + (minutes * 60_000L)}&step=1m";
}
