using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Conditions;

/// <summary>The audit in the background: silent while counts are right, loud when one is not, one process at a time.</summary>
public sealed class AuditTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Beside_counting_and_trimming_an_audit_finds_nothing()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync(options =>
        {
            options.AuditEvery = Every;
            options.Tend = new Streams.TendOptions { RetainBytesMax = 200_000 };
        });
        await Eventually.Async(
            async () =>
            {
                await rig.AddPlainAsync(50);
                await rig.AddFrameAsync(100);
                return Audits(rig, "sound") >= 4;
            },
            "four audits have ended");
        await rig.AllCountedOnceAsync();
        Assert.Equal((0, 0L), (Audits(rig, "drift"), rig.Met("drift")));
        Assert.Equal((0.0, 0.0), (rig.Gauge("audit.drift"), rig.Gauge("audit.unaccounted")));
        Assert.True(rig.Metrics["stream.trimmed"] > 0);
    }

    [Fact]
    public async Task Counter_that_somebody_changed_is_named_until_it_is_right_again()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync(options => options.AuditEvery = Every);
        await rig.AddPlainAsync(300);
        await rig.AllCountedOnceAsync();
        await rig.RunAsync("HINCRBY", rig.Keys.Aggregates, "product:laptop:count", "7");
        await Eventually.Async(() => service.Cautions.Any(caution => caution.Condition.Name == "drift"), "the audit finds it");
        Assert.Equal(1, rig.Gauge("audit.drift"));
        Assert.Contains(rig.Log.Lines, line => line.StartsWith("2303 Error", StringComparison.Ordinal) && line.Contains("product:laptop:count is 307 and should be 300", StringComparison.Ordinal));
        await rig.RunAsync("HINCRBY", rig.Keys.Aggregates, "product:laptop:count", "-7");
        await Eventually.Async(() => service.Cautions.Count == 0, "the audit finds it right again");
        Assert.Equal((0.0, 1), (rig.Gauge("audit.drift"), rig.Log.Count(2303, "(drift)")));
    }

    [Fact]
    public async Task Two_processes_audit_once_an_interval_together()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync(options => options.AuditEvery = TimeSpan.FromSeconds(2));
        await rig.ProcessAsync(options => options.AuditEvery = TimeSpan.FromSeconds(2));
        await rig.AddPlainAsync(300);
        var waited = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.Async(() => Audits(rig, "sound") >= 4, "four audits have ended");
        Assert.True(waited.Elapsed > TimeSpan.FromSeconds(5.5), $"four audits in {waited.Elapsed}");
    }

    private static int Audits(ProcessorRig rig, string outcome) => (int)rig.Metrics.GetValueOrDefault($"audits {outcome}");
}
