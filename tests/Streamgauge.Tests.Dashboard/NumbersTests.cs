using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Playwright;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.Dashboard;

/// <summary>What the page shows is what the API answers, whatever the names are, and it stays small and quick.</summary>
public sealed class NumbersTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private const int BytesMax = 150 * 1024; // of all files together, compressed
    private const double FirstPaintMsMax = 1_000;
    private Pipeline _pipeline = null!;

    public async Task InitializeAsync() => _pipeline = await Pipeline.StartAsync();

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();

    [Fact]
    public async Task Numbers_on_the_page_are_those_of_the_api()
    {
        await _pipeline.SendAsync(5_000);
        await _pipeline.AddAsync("nonsense", "1");
        await using var page = await OpenAsync("?from=15m&view=products");
        await page.WaitForTextAsync("#tile-total", "5,000");
        await page.WaitForTextAsync("#dead-letters", "no_known_fields");

        var aggregates = await _pipeline.AskAsync("aggregates?top=10&sessions=8");
        var types = aggregates.GetProperty("event_types").GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("name").GetString()!, item.GetProperty("count").GetInt64()));
        Assert.Equal(types, await RowsAsync(page, "#types .bars"));
        var products = aggregates.GetProperty("products").GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("name").GetString()!, item.GetProperty("count").GetInt64()));
        Assert.Equal(products, await RowsAsync(page, "#products .bars"));
        Assert.Equal(aggregates.GetProperty("sessions").GetProperty("count").GetInt64(), await page.NumberAsync("#sessions-count"));

        var pipeline = await _pipeline.AskAsync("v1/pipeline");
        var processor = pipeline.GetProperty("processors")[0];
        Assert.Contains(processor.GetProperty("consumer").GetString()!, await page.TextAsync("#processors"), StringComparison.Ordinal);
        Assert.Contains("5,000", await page.TextAsync("#processors"), StringComparison.Ordinal);
        var view = await _pipeline.AskAsync("v1/views/products?top=5");
        await page.WaitForTextAsync("#views tbody tr >> nth=0", view.GetProperty("series")[0].GetProperty("totals").GetProperty("count").GetInt64().ToString("N0"));
        var newest = (await _pipeline.AskAsync("v1/events/recent?limit=1")).GetProperty("items")[0];
        Assert.Contains(newest.GetProperty("user_id").GetString()!, await page.TextAsync("#events tbody tr >> nth=0"), StringComparison.Ordinal);
        await page.PictureAsync("numbers");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Two_processors_are_shown_and_one_that_is_killed_turns_silent()
    {
        await using var second = StreamgaugeProcess.Start("process", "--consumer", "second", "--redis", _pipeline.Redis.Endpoint.ToString());
        await second.WaitForTextAsync("counts");
        await _pipeline.SendAsync(1_000);
        await using var page = await OpenAsync();
        await Assertions.Expect(page.Page.Locator("#processors tbody tr")).ToHaveCountAsync(2, new LocatorAssertionsToHaveCountOptions { Timeout = 10_000 });
        second.Kill();
        await page.Page.Locator("#processors tr.is-silent", new PageLocatorOptions { HasText = "second-1-" }).WaitForAsync(new LocatorWaitForOptions { Timeout = 20_000 });
        await page.PictureAsync("silent-processor");
    }

    [Fact]
    public async Task Names_are_shown_as_text_whatever_they_hold()
    {
        const string Markup = "<img src=x onerror=\"document.title='owned'\">";
        await _pipeline.AddAsync("event_type", Markup, "product", "</td><script>document.title='owned'</script>", "user_id", "\u202egnp.exe", "session_id", new string('w', 250));
        await _pipeline.AddAsync("event_type", "{{7*7}}", "product", "line\nbreak\u0000\u0007", "value", "nonsense");
        await using var page = await OpenAsync();
        await page.WaitForTextAsync("#types", Markup);
        await page.WaitForTextAsync("#products", "</td><script>");
        await page.WaitForTextAsync("#events", "·gnp.exe");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = Markup }).ClickAsync();
        await page.WaitForTextAsync("#events tbody", Markup);
        await page.Page.Locator("#dead-letters summary").First.ClickAsync();
        Assert.Equal("Streamgauge", await page.Page.TitleAsync());
        Assert.Equal(0, await page.Page.Locator("main img, main script").CountAsync());
        await page.PictureAsync("hostile-names");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Page_is_small_and_paints_at_once_and_is_served_with_a_strict_policy()
    {
        using var http = new HttpClient();
        var index = await http.GetAsync(_pipeline.Address);
        Assert.StartsWith("default-src 'self';", index.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", index.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", index.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-cache", index.Headers.CacheControl!.ToString());

        await using var page = await OpenAsync();
        await page.WaitForConditionAsync("healthy");
        var files = await page.Page.EvaluateAsync<string[]>("() => performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.includes('/assets/') || name.endsWith('.svg'))");
        Assert.Contains(files, file => file.EndsWith(".js", StringComparison.Ordinal));
        var bytes = 0;
        foreach (var file in files)
        {
            var answer = await http.GetAsync(new Uri(file));
            if (file.Contains("/assets/", StringComparison.Ordinal)) Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            bytes += await CompressedLengthAsync(answer);
        }

        Assert.True(bytes <= BytesMax, $"the page weighs {bytes} bytes");
        var paint = await page.Page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime");
        Assert.True(paint < FirstPaintMsMax, $"the first paint took {paint} ms");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri(_pipeline.Address, "assets/../secret"))).StatusCode);
    }

    [Fact]
    public async Task Pure_parts_of_the_page_pass_their_own_tests()
    {
        using var tests = Process.Start(new ProcessStartInfo("npm", ["test"])
        {
            WorkingDirectory = Path.Combine(RepositoryRoot.Find(), "web"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await tests.StandardOutput.ReadToEndAsync() + await tests.StandardError.ReadToEndAsync();
        await tests.WaitForExitAsync();
        Assert.True(tests.ExitCode == 0, output);
    }

    private static async Task<int> CompressedLengthAsync(HttpResponseMessage answer)
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) await answer.Content.CopyToAsync(gzip);
        return (int)compressed.Length;
    }

    private static async Task<IReadOnlyList<(string Name, long Count)>> RowsAsync(DashboardPage page, string table)
    {
        var rows = await page.Page.EvaluateAsync<JsonElement>("table => [...document.querySelectorAll(table + ' tbody tr')].map(row => [row.querySelector('bdi').textContent, row.lastElementChild.textContent])", table);
        return [.. rows.EnumerateArray().Select(row => (row[0].GetString()!, long.Parse(row[1].GetString()!, System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture)))];
    }

    private async Task<DashboardPage> OpenAsync(string query = "") => await DashboardPage.OpenAsync(await browser.NewContextAsync(), new Uri(_pipeline.Address, query));
}
