using Streamgauge.TestKit;
using Xunit.Abstractions;

namespace Streamgauge.Tests.System;

/// <summary>A Redis Cluster behind one address: the stream and its companions live on the master that owns their slot.</summary>
public class ClusterTests(ITestOutputHelper output)
{
    private const int Rate = 2_000;
    private static readonly TimeSpan ResumeBound = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Counting_goes_on_exactly_over_two_planned_failovers_under_load()
    {
        await using var servers = await ClusterSetup.StartAsync();
        await using var pipeline = await Pipeline.StartAsync(servers.Endpoint);
        await using var load = pipeline.StartLoad(Rate);
        await pipeline.WaitForProgressAsync(ResumeBound);

        for (var i = 1; i <= 2; i++)
        {
            await servers.FailOverAsync();
            var resumed = await pipeline.WaitForProgressAsync(ResumeBound);
            output.WriteLine($"failover {i}: resumed {resumed.TotalSeconds:0.0} s after it had ended");
        }

        await pipeline.StopAsync(load);
        Assert.Empty(await pipeline.DifferencesAsync());
    }

    [Fact]
    public async Task Counting_pauses_while_the_slot_moves_and_goes_on_exactly_on_a_master_that_lacked_the_functions_and_back()
    {
        await using var servers = await ClusterSetup.StartAsync();
        await using var pipeline = await Pipeline.StartAsync(servers.Endpoint);
        await using var load = pipeline.StartLoad(Rate);
        await pipeline.WaitForProgressAsync(ResumeBound);
        var (home, away) = (await servers.OwnerAsync(), await servers.OtherMasterAsync());

        foreach (var target in new[] { away, home })
        {
            var keys = await servers.MoveSlotAsync(target, pause: TimeSpan.FromMilliseconds(300));
            var resumed = await pipeline.WaitForProgressAsync(ResumeBound);
            output.WriteLine($"{keys} keys moved: resumed {resumed.TotalSeconds:0.0} s after the last");
            Assert.True(keys >= 4, $"only {keys} keys were moved");
            Assert.Same(target, await servers.OwnerAsync());
        }

        await pipeline.StopAsync(load);
        Assert.Empty(await pipeline.DifferencesAsync());
    }

    [Fact]
    public async Task Counting_goes_on_exactly_when_the_only_seed_is_killed_and_then_the_owner_between_two_loads()
    {
        await using var servers = await ClusterSetup.StartAsync();
        await using var pipeline = await Pipeline.StartAsync(servers.Endpoint);
        await pipeline.SendAsync(5_000);
        Assert.Empty(await pipeline.DifferencesAsync());

        await servers.KillSeedAsync();
        await servers.KillOwnerAsync(); // everybody must find the new one without the seed
        await pipeline.SendAsync(5_000);
        Assert.Empty(await pipeline.DifferencesAsync());
    }
}
