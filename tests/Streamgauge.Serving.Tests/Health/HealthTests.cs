using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Serving.Tests;

public sealed class HealthTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Health_lists_every_check_with_its_detail()
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var health = await host.UntilAsync("/v1/health", json => json.GetProperty("status").GetString() == "healthy", "all checks are well");

        Assert.Equal(["status", "checked_at", "as_of", "complete_through", "lag_seconds", "degraded", "checks"], health.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["redis", "snapshot", "consumer_group", "lag"], health.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_missing_group_is_degraded_and_says_what_to_do()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var health = await host.UntilAsync("/health", json => json.GetProperty("checks")[2].GetProperty("status").GetString() == "degraded", "the group is missed");

        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Contains("A processor creates it", health.GetProperty("checks")[2].GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_roles_add_checks_and_the_worst_decides()
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartAsync(redis.Endpoint, build: builder =>
            builder.Services.AddSingleton<IHealthContributor>(new Broken()).AddSingleton<IHealthContributor>(new Throwing()));

        var health = await host.GetJsonAsync("/health", HttpStatusCode.ServiceUnavailable);

        var checks = health.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("detail").GetString());
        Assert.Equal("stands still", checks["processor"]);
        Assert.Equal("the check itself failed: InvalidOperationException", checks["thrower"]);
    }

    private sealed class Broken : IHealthContributor
    {
        public string Name => "processor";

        public HealthReport Check() => new(HealthStatus.Unhealthy, "stands still");
    }

    private sealed class Throwing : IHealthContributor
    {
        public string Name => "thrower";

        public HealthReport Check() => throw new InvalidOperationException("not shown");
    }
}
