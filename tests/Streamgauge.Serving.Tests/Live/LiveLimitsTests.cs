using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

/// <summary>What many, slow and mistaken clients of streams meet.</summary>
public sealed class LiveLimitsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly CatalogView Sales = new(ViewSeed.Sales, 1, CatalogState.Active, 0);

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

        await Eventually.Async(() => client.Available > 0, "the snapshot is on its way");
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
}
