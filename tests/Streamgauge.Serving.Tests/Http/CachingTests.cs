using System.Net;
using System.Net.Http.Headers;

namespace Streamgauge.Serving.Tests;

public sealed class CachingTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("/aggregates")]
    [InlineData("/aggregates?top=1")]
    [InlineData("/v1/aggregates/summary")]
    public async Task An_unchanged_answer_is_not_sent_twice(string path)
    {
        var redis = await fixture.SeedAsync(["HSET", "{events}:aggregates", "total_count", "1", "type:a:count", "1"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.FullReadInterval = TimeSpan.FromSeconds(2));

        // A refresh may come between the two requests, so the pair is repeated until none did.
        await TestKit.Eventually.Async(
            async () =>
            {
                using var first = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
                Assert.False(first.Headers.ETag!.IsWeak);
                using var again = await AskAsync(host, HttpMethod.Get, path, first.Headers.ETag);
                if (again.StatusCode == HttpStatusCode.OK) return false;
                Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
                Assert.Equal(first.Headers.ETag, again.Headers.ETag);
                Assert.Empty(await again.Content.ReadAsByteArrayAsync());
                return true;
            },
            "304 for the same tag");
    }

    [Fact]
    public async Task A_changed_answer_has_another_tag()
    {
        var redis = await fixture.SeedAsync(["HSET", "{events}:aggregates", "total_count", "1"]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        using var first = await host.Client.GetAsync(new Uri("/aggregates", UriKind.Relative));
        await using (var connection = await redis.ConnectAsync()) await connection.ExecuteAsync(["HSET", "{events}:aggregates", "total_count", "2"]);
        await host.UntilAsync("/aggregates", json => json.GetProperty("overview").GetProperty("total_count").GetInt64() == 2, "the change is shown");

        using var again = await AskAsync(host, HttpMethod.Get, "/aggregates", first.Headers.ETag);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("/aggregates", "no-cache")]
    [InlineData("/aggregates/summary", "no-cache")]
    [InlineData("/health", "no-store")]
    [InlineData("/health/live", "no-store")]
    [InlineData("/health/ready", "no-store")]
    public async Task Head_answers_as_get_without_the_body_and_names_no_server(string path, string cacheControl)
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        using var head = await AskAsync(host, HttpMethod.Head, path, etag: null);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(cacheControl, head.Headers.CacheControl!.ToString());
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.False(head.Headers.Contains("Server"));
        Assert.Equal("nosniff", head.Headers.GetValues("X-Content-Type-Options").Single());
    }

    private static async Task<HttpResponseMessage> AskAsync(ServingHost host, HttpMethod method, string path, EntityTagHeaderValue? etag)
    {
        using var request = new HttpRequestMessage(method, path);
        if (etag is not null) request.Headers.IfNoneMatch.Add(etag);
        return await host.Client.SendAsync(request);
    }
}
