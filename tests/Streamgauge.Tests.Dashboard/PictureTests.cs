using Microsoft.Playwright;

namespace Streamgauge.Tests.Dashboard;

/// <summary>Takes the picture of the README: not a test, but it has all that a test of the page has. Run by `make screenshot`.</summary>
public sealed class PictureTests(Browser browser) : IClassFixture<Browser>
{
    private const string AddressVariable = "STREAMGAUGE_PICTURE_OF";
    private const string FileVariable = "STREAMGAUGE_PICTURE_TO";

    [PictureFact]
    public async Task Dashboard_of_a_running_pipeline()
    {
        await using var page = await DashboardPage.OpenAsync(await browser.NewContextAsync(1280, 1290), new Uri(Environment.GetEnvironmentVariable(AddressVariable)!));
        await page.WaitForConditionAsync("healthy");
        await Assertions.Expect(page.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        await page.Page.WaitForTimeoutAsync(2_000);
        await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Environment.GetEnvironmentVariable(FileVariable)! });
    }

    private sealed class PictureFactAttribute : FactAttribute
    {
        public PictureFactAttribute()
        {
            if (Environment.GetEnvironmentVariable(AddressVariable) is null) Skip = "Takes a picture, for `make screenshot`.";
        }
    }
}
