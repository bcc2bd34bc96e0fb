using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

public sealed class OpenApiTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string RewriteVariable = "STREAMGAUGE_REWRITE_OPENAPI"; // set to 1, and the committed document becomes what is served

    private static readonly string[] DashboardPaths = ["/", "/assets/{path}", "/favicon.svg"]; // a page for people

    [Fact]
    public async Task The_committed_document_is_what_is_served()
    {
        var file = Path.Combine(RepositoryRoot.Find(), "docs", "openapi.json");
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        var served = await host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "1") await File.WriteAllTextAsync(file, served);

        Assert.True(served == await File.ReadAllTextAsync(file), $"docs/openapi.json is not what /openapi/v1.json answers: run this test with {RewriteVariable}=1 and commit the file.");
    }

    [Fact]
    public async Task Every_endpoint_is_described_and_nothing_else()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        var mapped = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)).Except(DashboardPaths).ToHashSet(StringComparer.Ordinal);
        var described = ApiOperations.All.Select(operation => operation.Path).ToHashSet(StringComparer.Ordinal);

        Assert.Subset(mapped, described);
        Assert.All(mapped, path => Assert.True(described.Contains(path) || described.Contains(path["/v1".Length..]), path));
    }

    [Fact]
    public void Every_parameter_that_is_read_is_described()
    {
        Assert.Equal(ViewQueryReader.AnswerParameters.Order(), Parameters("getView"));
        Assert.Equal(ViewQueryReader.StreamParameters.Order(), Parameters("streamView"));
        Assert.Equal(["limit", "where"], Parameters("getRecentEvents"));
        Assert.Equal(["limit", "reason"], Parameters("getDeadLetters"));
        Assert.Equal(["after", "sessions", "top"], Parameters("getAggregates"));

        static IEnumerable<string> Parameters(string id) => ApiOperations.All.Single(operation => operation.Id == id).Parameters.Where(parameter => parameter.Place == "query").Select(parameter => parameter.Name).Order();
    }

    [Theory]
    [InlineData("/aggregates", "Aggregates")]
    [InlineData("/aggregates/summary", "Summary")]
    [InlineData("/aggregates/sessions/s", "Session")]
    [InlineData("/v1/views", "Views")]
    [InlineData("/v1/views/sales?from=-5m&compare=previous", "ViewAnswer")]
    [InlineData("/v1/views/sales?step=all", "ViewAnswer")]
    [InlineData("/v1/sessions/visits", "SessionTotals")]
    [InlineData("/v1/sessions/visits?id=s", "SessionTotals")]
    [InlineData("/v1/events/recent", "RecentEvents")]
    [InlineData("/v1/pipeline", "Pipeline")]
    [InlineData("/v1/dead-letters", "DeadLetters")]
    [InlineData("/health", "Health")]
    [InlineData("/health/live", "Probe")]
    public async Task Answers_have_the_shape_that_is_described(string path, string schema)
    {
        var redis = await fixture.SeedAsync();
        var visits = new ViewDefinition { Name = "visits", Sessions = new SessionRule("session_id", TimeSpan.FromMinutes(30), TimeSpan.FromHours(24)), GroupsMax = 100 };
        await using var seed = await ViewSeed.StartAsync(redis, new CatalogView(ViewSeed.Sales, 1, CatalogState.Active, 1_763_805_600_000), new CatalogView(visits, 1, CatalogState.Active, 0));
        await seed.CommitAsync((ViewSeed.MinutesAgo(1), "laptop", 1, 0));
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAsync("event_type", "a", "session_id", "s", "product", "p", "color", "red");
        await counting.AppendAsync("event_type", "a", "value", "no number");
        await counting.CommitAllAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        await host.UntilStatusAsync("/v1/pipeline", HttpStatusCode.OK); // a look after the first counters
        using var document = JsonDocument.Parse(OpenApiDocument.Text);
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");

        Check(await host.GetJsonAsync(path), schemas.GetProperty(schema), schemas, schema);
    }

    // As much of JSON Schema as our shapes use, and stricter: no property may be there that is not described.
    private static void Check(JsonElement json, JsonElement schema, JsonElement schemas, string at)
    {
        if (schema.TryGetProperty("$ref", out var reference)) schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
        if (!schema.TryGetProperty("type", out var type)) return;
        var kind = json.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => "number",
            _ => json.ValueKind.ToString().ToLowerInvariant(),
        };
        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()!).ToList() : [type.GetString()!];
        Assert.True(types.Contains(kind) || (kind == "number" && types.Contains("integer") && json.TryGetInt64(out _)), $"{at} is {kind}, described as {type}");
        if (kind == "array") foreach (var item in json.EnumerateArray()) Check(item, schema.GetProperty("items"), schemas, at + "[]");
        if (kind != "object") return;
        var properties = schema.TryGetProperty("properties", out var named) ? named : default;
        if (properties.ValueKind == JsonValueKind.Object)
            foreach (var required in schema.GetProperty("required").EnumerateArray()) Assert.True(json.TryGetProperty(required.GetString()!, out _), $"{at}.{required} is missing");
        foreach (var property in json.EnumerateObject())
        {
            var isNamed = properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(property.Name, out _);
            Assert.True(isNamed || schema.TryGetProperty("additionalProperties", out _), $"{at}.{property.Name} is not described");
            Check(property.Value, isNamed ? properties.GetProperty(property.Name) : schema.GetProperty("additionalProperties"), schemas, $"{at}.{property.Name}");
        }
    }
}
