using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Xunit.Abstractions;

namespace Streamgauge.Telemetry.Tests;

public sealed class PromtoolTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_a_full_page()
    {
        using var bench = new Bench();
        bench.Meter.CreateCounter<long>("events.processed", "{event}", "Events applied.").Add(3);
        bench.Meter.CreateCounter<long>("event_type.count", "{event}", "Events by type; see events_by_type_total.").Add(3, new KeyValuePair<string, object?>("event_type", "a\"b\\c\nd"));
        bench.Meter.CreateHistogram<double>("processing.latency", "s", "Event time to applied.").Record(.2);
        bench.Meter.CreateObservableGauge("stream.lag", () => 1.5, "s", "Age of the oldest entry not done.");
        bench.Meter.CreateObservableGauge("consumer_group.pending", () => new Measurement<long>(2, new KeyValuePair<string, object?>("group", "g")), "{entry}", "Entries delivered, not acknowledged.");
        new ApiMetrics(new BenchMeterFactory(bench)).Requested(TimeSpan.FromMilliseconds(3), "/events", "POST", 202);

        var page = bench.Text;
        Assert.Contains("dotnet_gc_collections_total", page.Types.Keys);
        Assert.Contains("build_info", page.Types.Keys);
        Assert.Contains("process_open_fds", page.Types.Keys);
        Assert.InRange(page["process_start_time_seconds"], 1.7e9, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.True(page["process_cpu_seconds_total"] > 0);
        Assert.True(page["process_resident_memory_bytes"] > 1e6);

        if (!File.Exists("/usr/bin/promtool"))
        {
            output.WriteLine("Skipped: promtool is not installed.");
            return;
        }

        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        await promtool.StandardInput.WriteAsync(page.Text);
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync() + await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.True(promtool.ExitCode == 0 && said.Length == 0, string.Create(CultureInfo.InvariantCulture, $"exit {promtool.ExitCode}\n{said}\n{page.Text}"));
    }

    private sealed class BenchMeterFactory(Bench bench) : IMeterFactory
    {
        public Meter Create(MeterOptions options) => bench.Meter;

        public void Dispose()
        {
        }
    }
}
