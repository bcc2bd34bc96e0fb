using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>The documented counters tell the same over <c>/aggregates</c> and as views.</summary>
public sealed class BuiltInAgreementTests
{
    [Fact]
    public async Task Aggregates_and_the_built_in_views_agree_while_and_after_events_are_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await using var processor = StreamgaugeProcess.Start("process", "--redis", redis.Endpoint.ToString());
        await using var serve = StreamgaugeProcess.Start("serve", "--redis", redis.Endpoint.ToString(), "--port", "0");
        await serve.WaitForTextAsync("/aggregates");
        using var api = ViewsClient.Of(serve.Errors);
        var produce = StreamgaugeProcess.RunAsync("produce", "--rate", "5000", "--count", "15000", "--redis", redis.Endpoint.ToString());

        // Both are read ten times a second, one after the other: the same totals come round again and again.
        var met = 0;
        await Eventually.Async(async () => (met += await AgreeAsync(api) ? 1 : 0) >= 3 && produce.IsCompleted, "they agree again and again while events are counted");
        Assert.Equal(0, (await produce).ExitCode);
        await api.WaitUntilCurrentAsync(connection);
        await Eventually.Async(async () => (await api.GetJsonAsync("/aggregates/summary")).GetProperty("overview").GetProperty("total_count").GetInt64() == 15_000, "all is counted");
        Assert.True(await AgreeAsync(api), "all is counted, and they differ");
        Assert.Equal(15_000, (await api.AskAsync("total")).GetProperty("totals").GetProperty("count").GetInt64());
    }

    /// <returns>False when events were counted in between, so that there is nothing to compare.</returns>
    private static async Task<bool> AgreeAsync(ViewsClient api)
    {
        var aggregates = await api.GetJsonAsync("/aggregates?top=1000&sessions=0");
        var (total, types, products) = (await api.AskAsync("total"), await api.AskAsync("event_types"), await api.AskAsync("products", ("top", "1000")));
        var overview = aggregates.GetProperty("overview");
        var revisions = new[] { total, types, products }.Select(view => view.GetProperty("revision").GetInt64()).Distinct();
        if (revisions.Count() > 1 || overview.GetProperty("total_count").GetInt64() != total.GetProperty("totals").GetProperty("count").GetInt64()) return false;

        Assert.Equal(overview.GetProperty("total_value").GetDecimal(), total.GetProperty("totals").GetProperty("sum(value)").GetDecimal());
        Assert.Equal(Items(aggregates, "event_types", type => $"{type.GetProperty("name")} {type.GetProperty("count")} {type.GetProperty("value").GetDecimal():0.######}"),
            Groups(types, "event_type", values => $"{values.GetProperty("count")} {values.GetProperty("sum(value)").GetDecimal():0.######}"));
        Assert.Equal(Items(aggregates, "products", product => $"{product.GetProperty("name")} {product.GetProperty("count")}"), Groups(products, "product", values => $"{values.GetProperty("count")}"));
        Assert.Equal(overview.GetProperty("event_types").GetInt32(), types.GetProperty("series").GetArrayLength());
        Assert.Equal(overview.GetProperty("products").GetInt32(), products.GetProperty("series").GetArrayLength());
        return true;
    }

    private static List<string> Items(JsonElement aggregates, string name, Func<JsonElement, string> line) =>
        [.. aggregates.GetProperty(name).GetProperty("items").EnumerateArray().Select(line).Order(StringComparer.Ordinal)];

    private static List<string> Groups(JsonElement view, string field, Func<JsonElement, string> line) =>
        [.. view.GetProperty("series").EnumerateArray().Select(series => $"{series.GetProperty("group").GetProperty(field)} {line(series.GetProperty("totals"))}").Order(StringComparer.Ordinal)];
}
