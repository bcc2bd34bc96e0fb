using Streamgauge.TestKit;
using Xunit.Abstractions;

namespace Streamgauge.Tests.System;

/// <summary>A master, its replicas and sentinels behind one address.</summary>
public class SentinelTests(ITestOutputHelper output)
{
    private const int Rate = 2_000;
    private static readonly TimeSpan ResumeBound = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Counting_goes_on_exactly_when_the_master_is_killed_between_two_loads()
    {
        await using var servers = await SentinelSetup.StartAsync();
        await using var pipeline = await Pipeline.StartAsync(servers.Endpoint);
        await pipeline.SendAsync(5_000);
        Assert.Empty(await pipeline.DifferencesAsync());
        await servers.WaitForReplicasAsync();

        servers.KillSentinel(0); // the first one the address names
        await servers.KillMasterAsync();
        await pipeline.SendAsync(5_000);
        Assert.Empty(await pipeline.DifferencesAsync());
        Assert.Equal(10_000, pipeline.Sent["total_count"]);
    }

    // Replication is asynchronous: what the old master acknowledged last may be gone, the same for the stream and for the counters.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_survives_a_failover_under_load_is_counted_exactly(bool kills)
    {
        await using var servers = await SentinelSetup.StartAsync();
        await using var pipeline = await Pipeline.StartAsync(servers.Endpoint);
        await using var load = pipeline.StartLoad(Rate);
        await pipeline.WaitForProgressAsync(ResumeBound);

        if (kills) await servers.KillMasterAsync();
        else await servers.FailOverAsync();
        var resumed = await pipeline.WaitForProgressAsync(ResumeBound);
        await pipeline.StopAsync(load);

        await using var redis = await pipeline.ConnectAsync();
        await CountersInRedis.WaitUntilDrainedAsync(redis, ResumeBound);
        var survived = await CountersInRedis.RecountStreamAsync(redis);
        var lost = pipeline.Sent["total_count"] - survived["total_count"];
        output.WriteLine($"resumed {resumed.TotalSeconds:0.0} s after the sentinels had named the new master; {lost} of {pipeline.Sent["total_count"]} events lost with the old one");
        Assert.Empty(await CountersInRedis.DifferencesAsync(redis, survived));
        Assert.InRange(lost, 0, 5 * Rate); // about ten seconds' worth when nobody asks the sentinels again
        Assert.True(survived["total_count"] > Rate, "next to nothing went through");
    }
}
