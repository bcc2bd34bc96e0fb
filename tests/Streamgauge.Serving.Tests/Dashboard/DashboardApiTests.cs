using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests.Dashboard;

public sealed class DashboardApiTests
{
    [Fact]
    public async Task The_page_runs_nothing_but_our_own_files_and_is_asked_for_again()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint); // the page comes without Redis
        using var response = await AskAsync(host, HttpMethod.Get);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        Assert.True(response.Headers.ETag!.IsWeak);
    }

    [Fact]
    public async Task Plain_and_compressed_are_the_same_page()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        using var plain = await AskAsync(host, HttpMethod.Get);
        using var compressed = await AskAsync(host, HttpMethod.Get, encoding: "gzip");
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        await using var unzipped = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unzipped);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_that_is_known_is_not_sent_again(bool isStrong) // a proxy may have made the tag strong
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        using var first = await AskAsync(host, HttpMethod.Get);
        var tag = first.Headers.ETag!;
        using var again = await AskAsync(host, HttpMethod.Get, new EntityTagHeaderValue(tag.Tag, !isStrong));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        using var other = await AskAsync(host, HttpMethod.Get, new EntityTagHeaderValue("\"other\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task HEAD_answers_as_GET_without_the_page_and_what_there_is_not_is_not_found()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        using var get = await AskAsync(host, HttpMethod.Get);
        using var head = await AskAsync(host, HttpMethod.Head);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        await host.UntilStatusAsync("/assets/none.js", HttpStatusCode.NotFound);
        await host.UntilStatusAsync("/assets/%2e%2e/index.html", HttpStatusCode.NotFound);
    }

    [Fact]
    public void Only_files_with_a_hash_in_their_name_are_kept_for_good()
    {
        Assert.True(new DashboardFile("assets/main-abc.js", "x"u8.ToArray()).IsImmutable);
        Assert.False(new DashboardFile("favicon.svg", "x"u8.ToArray()).IsImmutable);
        Assert.Null(new DashboardFile("favicon.svg", "x"u8.ToArray()).Compressed); // gzip would be longer
    }

    private static async Task<HttpResponseMessage> AskAsync(ServingHost host, HttpMethod method, EntityTagHeaderValue? known = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(method, "/");
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        if (encoding is not null) request.Headers.AcceptEncoding.ParseAdd(encoding);
        return await host.Client.SendAsync(request);
    }
}
