using System.Net;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

public sealed class ViewProblemTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly CatalogView Sales = new(ViewSeed.Sales, 1, CatalogState.Active, 0);

    [Theory]
    [InlineData("/v1/views/nothing", 404, "unknown-view")]
    [InlineData("/v1/views/next", 404, "view-being-built")]
    [InlineData("/v1/views/sales?form=x", 400, "unknown-parameter")]
    [InlineData("/v1/views?x=1", 400, "unknown-parameter")]
    [InlineData("/v1/views/sales?from=yesterday", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?from=1763805600", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?step=5", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?tz=Mars", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?order=count:down", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?compare=next", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?format=xml", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?top=0", 400, "invalid-parameter")]
    [InlineData("/v1/views/sales?where=product", 400, "invalid-filter")]
    [InlineData("/v1/views/sales?where=color=='red'", 400, "unanswerable-query")]
    [InlineData("/v1/views/sales?group=color", 400, "unanswerable-query")]
    [InlineData("/v1/views/sales?step=1s", 400, "unanswerable-query")]
    [InlineData("/v1/views/sales?step=1m&from=-20d", 400, "unanswerable-query")]
    [InlineData("/v1/views/total?step=1m", 400, "unanswerable-query")]
    public async Task What_cannot_be_answered_is_refused_with_what_can(string path, int status, string type)
    {
        var redis = await fixture.SeedAsync();
        await using var seed = await ViewSeed.StartAsync(redis, Sales, new CatalogView(new ViewDefinition { Name = "next", GroupsMax = 10 }, 3, CatalogState.Building, 0));
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var problem = await host.GetJsonAsync(path, (HttpStatusCode)status);

        Assert.Equal($"urn:streamgauge:problem:{type}", problem.GetProperty("type").GetString());
    }
}
