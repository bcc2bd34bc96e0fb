using Microsoft.Playwright;

namespace Streamgauge.Tests.Dashboard;

/// <summary>Using the page: choices in the address, keyboard, both themes, every width, and people who cannot see it.</summary>
public sealed class UseTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private Pipeline _pipeline = null!;

    public async Task InitializeAsync()
    {
        _pipeline = await Pipeline.StartAsync();
        await _pipeline.SendAsync(3_000);
        await _pipeline.AddAsync("nonsense", "1");
    }

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();

    [Fact]
    public async Task Choices_are_in_the_address_so_that_links_and_the_back_button_work()
    {
        await using var page = await OpenAsync();
        await page.WaitForConditionAsync("healthy");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "1m", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "purchase" }).ClickAsync();
        Assert.Contains("range=1m", page.Page.Url, StringComparison.Ordinal);
        Assert.Contains("where=event_type", page.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Page.Locator("#events tbody")).Not.ToContainTextAsync("view");
        await Assertions.Expect(page.Page.Locator("#events tbody tr >> nth=0")).ToContainTextAsync("purchase");

        await using var shared = await DashboardPage.OpenAsync(await browser.NewContextAsync(), new Uri(page.Page.Url));
        await Assertions.Expect(shared.Page.Locator("#where")).ToHaveValueAsync("event_type == 'purchase'");
        await Assertions.Expect(shared.Page.Locator("#events tbody tr >> nth=0")).ToContainTextAsync("purchase");

        await page.Page.GoBackAsync();
        await Assertions.Expect(page.Page.Locator("#where")).ToHaveValueAsync("");
        Assert.Contains("range=1m", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_that_is_none_is_explained_in_its_own_panel()
    {
        await using var page = await OpenAsync();
        await page.Page.Locator("#where").FillAsync("event_type = 'x'");
        await page.Page.Locator("#where").PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("#events .panel-note")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator("#events .panel-note")).ToContainTextAsync("where");
    }

    [Fact]
    public async Task Paused_events_stand_still()
    {
        await using var page = await OpenAsync();
        await Assertions.Expect(page.Page.Locator("#events tbody tr")).Not.ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).ClickAsync();
        var before = await page.TextAsync("#events tbody");
        await _pipeline.AddAsync("event_type", "after_pause");
        await Assertions.Expect(page.Page.Locator("#events")).ToContainTextAsync("Newer events wait");
        Assert.Equal(before, await page.TextAsync("#events tbody"));
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#events tbody tr >> nth=0")).ToContainTextAsync("after_pause");
    }

    [Fact]
    public async Task Theme_follows_the_system_until_it_is_chosen_and_the_choice_is_remembered()
    {
        await using var page = await OpenAsync(scheme: ColorScheme.Dark);
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Page.Locator("#theme").ClickAsync();
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.Page.ReloadAsync();
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    [Fact]
    public async Task Everything_can_be_reached_by_keyboard_and_where_one_is_can_be_seen()
    {
        await using var page = await OpenAsync();
        await page.WaitForConditionAsync("healthy");
        await Assertions.Expect(page.Page.Locator("#dead-letters")).ToContainTextAsync("waiting");
        await page.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Page.Locator(".skip")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("#main")).ToBeFocusedAsync();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            reached.Add(await page.Page.EvaluateAsync<string>("() => document.activeElement.closest('section')?.id ?? document.activeElement.tagName"));
            Assert.Equal("solid", await page.Page.EvaluateAsync<string>("() => document.activeElement === document.body ? 'solid' : getComputedStyle(document.activeElement).outlineStyle"));
        }

        Assert.Superset(new HashSet<string>(["throughput", "types", "dead-letters", "views", "events"], StringComparer.Ordinal), reached);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Nothing_is_in_the_way_of_people_who_use_assistive_technology(ColorScheme scheme)
    {
        await using var page = await OpenAsync(scheme: scheme);
        await page.WaitForConditionAsync("healthy");
        await Assertions.Expect(page.Page.Locator("#dead-letters")).ToContainTextAsync("no_known_fields");
        await page.Page.Locator("#throughput summary").ClickAsync();
        Assert.Empty(await page.AccessibilityAsync());
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(2560, ColorScheme.Light)]
    public async Task Page_fits_every_width(int width, ColorScheme scheme)
    {
        await using var page = await OpenAsync(width, scheme);
        await page.WaitForConditionAsync("healthy");
        await Assertions.Expect(page.Page.Locator("#dead-letters")).ToContainTextAsync("no_known_fields");
        await Assertions.Expect(page.Page.Locator("#views tbody tr")).Not.ToHaveCountAsync(0);
        await page.PictureAsync($"width-{width}-{scheme}");
        Assert.True(await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width, "the page is wider than its window");
    }

    private async Task<DashboardPage> OpenAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        await DashboardPage.OpenAsync(await browser.NewContextAsync(width, scheme: scheme), _pipeline.Address);
}
