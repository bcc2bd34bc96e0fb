using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

public sealed class ProblemTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("/aggregates?tpo=3", "unknown-parameter")]
    [InlineData("/aggregates?TOP=3", "unknown-parameter")]
    [InlineData("/aggregates/summary?top=3", "unknown-parameter")]
    [InlineData("/aggregates/sessions/x?top=3", "unknown-parameter")]
    [InlineData("/health?x=1", "unknown-parameter")]
    [InlineData("/aggregates?top=0", "invalid-parameter")]
    [InlineData("/aggregates?top=1001", "invalid-parameter")]
    [InlineData("/aggregates?top=", "invalid-parameter")]
    [InlineData("/aggregates?top=1.5", "invalid-parameter")]
    [InlineData("/aggregates?top=99999999999999999999", "invalid-parameter")]
    [InlineData("/aggregates?top=1&top=2", "invalid-parameter")]
    [InlineData("/v1/aggregates?sessions=-1", "invalid-parameter")]
    [InlineData("/v1/aggregates?sessions=1001", "invalid-parameter")]
    public async Task A_wrong_parameter_is_refused_with_what_is_allowed(string path, string type)
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var problem = await GetProblemAsync(host, HttpMethod.Get, path, HttpStatusCode.BadRequest);

        Assert.Equal($"urn:streamgauge:problem:{type}", problem.GetProperty("type").GetString());
        Assert.Equal(type == "unknown-parameter", problem.TryGetProperty("allowed", out _));
    }

    [Fact]
    public async Task Unknown_parameters_list_the_known_ones()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var problem = await GetProblemAsync(host, HttpMethod.Get, "/aggregates?limit=3", HttpStatusCode.BadRequest);

        Assert.Equal("""["top","sessions","after"]""", problem.GetProperty("allowed").GetRawText());
        Assert.Equal("/aggregates", problem.GetProperty("instance").GetString());
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_problems_too()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        await GetProblemAsync(host, HttpMethod.Get, "/nothing/here", HttpStatusCode.NotFound);
        await GetProblemAsync(host, HttpMethod.Get, "/aggregates/sessions/", HttpStatusCode.NotFound);
        var method = await GetProblemAsync(host, HttpMethod.Delete, "/aggregates", HttpStatusCode.MethodNotAllowed);

        Assert.Equal("""["GET","HEAD"]""", method.GetProperty("allowed").GetRawText());
    }

    [Fact]
    public async Task A_failure_of_ours_is_a_500_that_tells_nothing_but_where_to_look()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartAsync(redis.Endpoint, map: app => app.MapGet("/boom", _ => throw new InvalidOperationException("secret")));

        var problem = await GetProblemAsync(host, HttpMethod.Get, "/boom", HttpStatusCode.InternalServerError);

        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_beyond_the_limits_are_refused()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        using var manyHeaders = new HttpRequestMessage(HttpMethod.Get, "/aggregates");
        for (var i = 0; i < 65; i++) manyHeaders.Headers.Add($"x-{i}", "1");

        using var line = await host.Client.GetAsync(new Uri($"/aggregates?x={new string('x', 8 * 1024)}", UriKind.Relative));
        using var headers = await host.Client.SendAsync(manyHeaders);

        Assert.Equal(HttpStatusCode.RequestUriTooLong, line.StatusCode);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, headers.StatusCode);
    }

    [Fact]
    public async Task More_reads_than_allowed_are_told_to_come_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint, options => options.ReadThroughMax = 1);
        redis.Pause(); // the one read allowed stays in flight until its timeout
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.Client.GetAsync(new Uri("/aggregates/sessions/x", UriKind.Relative))));

            Assert.Equal([HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable], answers.Select(answer => answer.StatusCode).Order());
            Assert.All(answers, answer => Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single()));
        }
        finally
        {
            redis.Resume();
        }
    }

    private static async Task<JsonElement> GetProblemAsync(ServingHost host, HttpMethod method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await host.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{path} answered {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        using var document = JsonDocument.Parse(text);
        var problem = document.RootElement.Clone();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        foreach (var name in (string[])["type", "title", "detail", "instance", "traceId"]) Assert.False(string.IsNullOrEmpty(problem.GetProperty(name).GetString()), name);
        return problem;
    }
}
