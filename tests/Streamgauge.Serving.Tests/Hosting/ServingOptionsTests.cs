using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

public sealed partial class ServingOptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.True(new ServingOptionsValidator().Validate(name: null, new ServingOptions()).Succeeded);
    }

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var result = new ServingOptionsValidator().Validate(name: null, new ServingOptions
        {
            Stream = "a{b}", Group = "", RefreshInterval = TimeSpan.Zero, FullReadInterval = TimeSpan.FromTicks(-1), DegradedAfter = TimeSpan.FromTicks(-2), UnhealthyAfter = TimeSpan.FromTicks(-3),
            LagDegradedAfter = TimeSpan.Zero, ReadThroughMax = 0, ViewCellsMax = 1, ProductSeriesMax = 0, StreamClientsMax = 0, StreamInterval = TimeSpan.Zero, StreamHeartbeat = TimeSpan.Zero,
            StreamSlowAfter = TimeSpan.Zero, StreamDropAfter = TimeSpan.FromTicks(-1), ConnectionsMax = 0, RequestLineBytesMax = 1, RequestHeadersBytesMax = 1, RequestHeadersTimeout = TimeSpan.Zero,
        });

        Assert.Equal(19, result.Failures!.Count());
    }

    [Fact]
    public async Task Bad_settings_stop_the_host_at_start()
    {
        await using var redis = RedisServer.NotStarted();

        await Assert.ThrowsAsync<OptionsValidationException>(() => ServingHost.StartAsync(redis.Endpoint, options => options.ReadThroughMax = 0));
    }

    [Fact]
    public async Task The_api_document_names_every_endpoint_and_every_problem()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        var document = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "docs", "api.md"));
        var source = string.Concat(Directory.GetFiles(Path.Combine(RepositoryRoot.Find(), "src", "Streamgauge.Serving", "Http"), "*Problem*.cs").Select(File.ReadAllText));

        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)).ToList();
        Assert.Contains("/v1/aggregates/sessions/{id}", routes);
        Assert.All(routes, route => Assert.True(
            document.Contains($"`GET {route}`", StringComparison.Ordinal) || (route.StartsWith("/v1/", StringComparison.Ordinal) && document.Contains($"`GET {route[3..]}`", StringComparison.Ordinal)), route));
        var problems = ProblemName().Matches(source).Select(match => match.Groups["name"].Value).ToList();
        Assert.True(problems.Count >= 12);
        Assert.All(problems, name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"StatusCodes\.Status\d+\w+, ""(?<name>[a-z-]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ProblemName();
}
