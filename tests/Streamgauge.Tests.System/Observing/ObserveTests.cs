using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary><c>up --observe</c>: a Prometheus that knows this run, and ends with it.</summary>
public sealed class ObserveTests : IDisposable
{
    private static readonly HttpClient Http = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Prometheus_scrapes_this_run_with_all_our_rules_and_ends_with_it_also_after_a_kill()
    {
        Uri orphan;
        await using (var killed = await UpProcess.StartAsync(_folder, "--observe"))
        {
            orphan = killed.Prometheus;
            killed.Kill();
        }

        Assert.True(await AnswersAsync(orphan), "the Prometheus of a killed run is gone; this test no longer shows that the next run ends it");
        await using var up = await UpProcess.StartAsync(_folder, "--observe");
        await Eventually.Async(async () => (await Http.GetStringAsync(new Uri(up.Prometheus, "api/v1/query?query=up{stream=\"events\"}"))).Contains($"\"{up.Address.Authority}\",\"job\":\"streamgauge\"", StringComparison.Ordinal), "it scrapes this run");
        var rules = await Http.GetStringAsync(new Uri(up.Prometheus, "api/v1/rules"));
        foreach (var rule in Shipped.Rules) Assert.Contains($"\"name\":\"{rule.Name}\"", rules, StringComparison.Ordinal);
        await up.StopAsync();
        Assert.False(await AnswersAsync(up.Prometheus), "Prometheus outlived its owner");
    }

    [Fact]
    public async Task Without_prometheus_on_the_PATH_it_says_what_to_install_and_goes_on()
    {
        var programs = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        foreach (var program in (string[])["redis-server", "redis-check-aof", "setsid"]) File.CreateSymbolicLink(Path.Combine(programs, program), $"/usr/bin/{program}");
        await using var up = StreamgaugeProcess.Start(["up", "--data", Path.Combine(_folder, "data"), "--port", "0", "--observe"], new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = programs });
        await up.WaitForTextAsync("Streamgauge is up.");
        Assert.Contains("prometheus was not found on PATH, so nothing keeps the metrics: install it", up.Errors, StringComparison.Ordinal);
        up.Interrupt();
        Assert.Equal(0, await up.WaitForExitAsync());
    }

    private static async Task<bool> AnswersAsync(Uri address)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(address, "-/healthy"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
