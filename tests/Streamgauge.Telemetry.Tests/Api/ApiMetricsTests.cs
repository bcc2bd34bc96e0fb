namespace Streamgauge.Telemetry.Tests;

public sealed class ApiMetricsTests
{
    [Fact]
    public async Task Requests_are_counted_by_route_pattern_never_by_path()
    {
        await using var app = await RunningApp.StartAsync();
        await app.Http.GetStringAsync("/items/1");
        await app.Http.GetStringAsync("/items/2");
        using var missing = await app.Http.GetAsync(new Uri("/nowhere/%22%0a", UriKind.Relative));

        var page = await app.ScrapeAsync();
        Assert.Equal(2, page["api_request_duration_seconds_count{method=\"GET\",route=\"/items/{id}\",status=\"200\"}"]);
        Assert.Equal(1, page["api_request_duration_seconds_count{method=\"GET\",route=\"unmatched\",status=\"404\"}"]);
        Assert.DoesNotContain("nowhere", page.Text);
    }

    [Fact]
    public async Task Failures_count_as_500_under_their_own_route()
    {
        await using var app = await RunningApp.StartAsync();
        using var response = await app.Http.GetAsync(new Uri("/throws", UriKind.Relative));

        var page = await app.ScrapeAsync();
        Assert.Equal(1, page["api_request_duration_seconds_count{method=\"GET\",route=\"/throws\",status=\"500\"}"]);
    }

    [Fact]
    public async Task Unknown_methods_become_other()
    {
        await using var app = await RunningApp.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod("BREW"), "/nowhere");
        using var response = await app.Http.SendAsync(request);

        Assert.Equal(1, (await app.ScrapeAsync())["api_request_duration_seconds_count{method=\"other\",route=\"unmatched\",status=\"404\"}"]);
        Assert.Equal("GET", ApiMetrics.MethodTag("get"));
    }

    [Fact]
    public async Task Endpoints_with_metrics_disabled_are_left_out()
    {
        await using var app = await RunningApp.StartAsync();
        await app.Http.GetStringAsync("/stream");

        Assert.DoesNotContain("/stream", (await app.ScrapeAsync()).Text);
    }

    [Fact]
    public async Task The_histogram_has_the_agreed_bounds_and_is_zero_before_the_first_request()
    {
        await using var app = await RunningApp.StartAsync();
        var page = await app.ScrapeAsync();

        var bounds = page.Samples.Keys.Where(key => key.StartsWith("api_request_duration_seconds_bucket", StringComparison.Ordinal)).Select(key => key.Split('"')[1]);
        Assert.Equal(["0.001", "0.0025", "0.005", "0.0075", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "10.0", "+Inf"], bounds);
        Assert.Equal(0, page["api_request_duration_seconds_count"]);
    }
}
