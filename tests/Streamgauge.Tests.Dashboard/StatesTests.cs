using Microsoft.Playwright;

namespace Streamgauge.Tests.Dashboard;

/// <summary>What the page shows when something is missing, and that it comes back by itself.</summary>
public sealed class StatesTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private Pipeline _pipeline = null!;

    public async Task InitializeAsync() => _pipeline = await Pipeline.StartAsync();

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();

    [Fact]
    public async Task Empty_stream_shows_the_command_that_fills_it_until_the_first_event()
    {
        await using var page = await OpenAsync();
        await page.WaitForTextAsync("#empty code >> nth=0", "./streamgauge produce --rate 1000");
        await page.PictureAsync("empty");
        Assert.Empty(await page.AccessibilityAsync());
        await _pipeline.AddAsync("event_type", "click");
        await page.Page.Locator("#empty").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await page.WaitForTextAsync("#tile-total", "1");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Loading_shows_where_things_will_be()
    {
        var context = await browser.NewContextAsync();
        await context.RouteAsync("**/v1/**", _ => Task.CompletedTask); // never answered
        await context.RouteAsync("**/aggregates?*", _ => Task.CompletedTask);
        await using var page = await DashboardPage.OpenAsync(context, _pipeline.Address);
        await page.WaitForConditionAsync("loading");
        Assert.True(await page.Page.Locator(".skeleton").CountAsync() >= 7);
        await page.PictureAsync("loading");
    }

    [Fact]
    public async Task Server_that_goes_silent_is_stale_one_that_dies_is_disconnected_with_the_last_numbers_and_both_come_back()
    {
        await _pipeline.SendAsync(2_000);
        await using var page = await OpenAsync();
        await page.WaitForConditionAsync("healthy");
        await page.WaitForTextAsync("#tile-total", "2,000");

        _pipeline.Api.Pause();
        await page.WaitForConditionAsync("stale");
        await page.WaitForTextAsync(".line", "Nothing heard for");
        await page.PictureAsync("stale");
        _pipeline.Api.Resume();
        await page.WaitForConditionAsync("healthy");

        _pipeline.Api.Kill();
        await page.WaitForConditionAsync("disconnected");
        await page.WaitForTextAsync(".line", "Next try in");
        Assert.Equal(2_000, await page.NumberAsync("#tile-total"));
        await page.PictureAsync("disconnected");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Retry now" }).ClickAsync();
        await _pipeline.StartApiAsync(_pipeline.Address.Port);
        await page.WaitForConditionAsync("healthy");
    }

    [Fact]
    public async Task Redis_that_goes_away_leaves_the_last_numbers_and_says_why()
    {
        await _pipeline.SendAsync(500);
        await using var page = await OpenAsync();
        await page.WaitForTextAsync("#tile-total", "500");
        _pipeline.Redis.Kill();
        await page.WaitForConditionAsync("unhealthy");
        await page.WaitForTextAsync(".health", "Redis is away");
        Assert.Equal(500, await page.NumberAsync("#tile-total"));
        await page.PictureAsync("redis-away");
        await _pipeline.Redis.RestartAsync();
        await page.WaitForConditionAsync("healthy", seconds: 40);
    }

    [Fact]
    public async Task One_part_that_fails_says_so_and_leaves_the_others_alone()
    {
        await _pipeline.SendAsync(100);
        var context = await browser.NewContextAsync();
        var isBroken = true;
        await context.RouteAsync("**/v1/views**", route => isBroken
            ? route.FulfillAsync(new RouteFulfillOptions { Status = 429, ContentType = "application/problem+json", Body = """{"detail":"Too many reads at once."}""" })
            : route.ContinueAsync());
        await using var page = await DashboardPage.OpenAsync(context, _pipeline.Address);
        await page.WaitForTextAsync("#views .panel-note", "Too many reads at once.");
        await page.WaitForTextAsync("#tile-total", "100");
        await Assertions.Expect(page.Page.Locator(".panel.failed")).ToHaveCountAsync(1);
        await page.PictureAsync("partial-failure");
        isBroken = false;
        await Assertions.Expect(page.Page.Locator(".panel.failed")).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 10_000 });
    }

    [Fact]
    public async Task Refused_client_is_told_why_and_when_it_tries_again()
    {
        var context = await browser.NewContextAsync();
        await context.RouteAsync("**/v1/pipeline/stream", route => route.FulfillAsync(new RouteFulfillOptions
        {
            Status = 503,
            ContentType = "application/problem+json",
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "7" },
            Body = """{"detail":"As many clients as allowed follow already."}""",
        }));
        await using var page = await DashboardPage.OpenAsync(context, _pipeline.Address);
        await page.WaitForTextAsync(".line", "As many clients as allowed follow already. Next try in 7 s.");
    }

    [Fact]
    public async Task Connection_that_breaks_goes_on_without_a_gap()
    {
        await _pipeline.SendAsync(100);
        await using var network = new Relay(_pipeline.Address.Port);
        await using var page = await DashboardPage.OpenAsync(await browser.NewContextAsync(), network.Address);
        await page.WaitForConditionAsync("healthy");
        await page.Page.Locator("#throughput summary").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#throughput .numbers tbody tr")).Not.ToHaveCountAsync(0);
        var resumed = page.Page.WaitForRequestAsync(request => request.Url.EndsWith("/v1/pipeline/stream", StringComparison.Ordinal) && request.Headers.ContainsKey("last-event-id"), new PageWaitForRequestOptions { Timeout = 30_000 });
        network.TakeAway();
        await page.WaitForConditionAsync("disconnected");
        await Task.Delay(3_000); // points go by that nobody brings
        network.Restore();
        Assert.Contains("-", (await resumed).Headers["last-event-id"], StringComparison.Ordinal);
        await page.WaitForConditionAsync("healthy");
        await page.Page.WaitForTimeoutAsync(1_500);
        var times = await page.Page.Locator("#throughput .numbers tbody th").AllInnerTextsAsync();
        var seconds = times.Select(time => DateTime.Parse(time.Replace('\u202f', ' '), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.True(seconds.Count > 5, $"only {seconds.Count} points");
        Assert.All(seconds.Zip(seconds.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(1), pair.First - pair.Second));
    }

    private async Task<DashboardPage> OpenAsync() => await DashboardPage.OpenAsync(await browser.NewContextAsync(), _pipeline.Address);
}
