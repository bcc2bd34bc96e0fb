using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.Dashboard;

/// <summary>The page in a browser, and everything the browser complains of.</summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private static readonly string Pictures = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Find(), "artifacts", "dashboard")).FullName;
    private readonly IBrowserContext _context;

    private DashboardPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors in scripts, refused content, failed requests.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<DashboardPage> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = new DashboardPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>Waits until the strip shows a condition: healthy, stale, disconnected …</summary>
    public Task WaitForConditionAsync(string condition, int seconds = 20) =>
        Page.Locator($"#status[data-condition='{condition}']").WaitForAsync(new LocatorWaitForOptions { Timeout = seconds * 1000 });

    public Task WaitForTextAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector)).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = 15_000 });

    public Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    /// <summary>A number as it stands on the page.</summary>
    public async Task<long> NumberAsync(string selector) => long.Parse(await TextAsync(selector), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    /// <summary>Keeps a picture of the whole page, to be looked at.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });

    /// <summary>What axe-core finds wrong for people who cannot see, hear or use a mouse.</summary>
    public async Task<IReadOnlyList<string>> AccessibilityAsync()
    {
        await Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "web", "node_modules", "axe-core", "axe.min.js")));
        var found = await Page.EvaluateAsync<JsonElement>("() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })");
        return [.. found.GetProperty("violations").EnumerateArray().Select(violation =>
            $"{violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()} {string.Join(", ", violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString()))}")];
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
