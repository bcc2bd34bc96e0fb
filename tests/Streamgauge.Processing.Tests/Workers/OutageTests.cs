using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Workers;

public sealed class OutageTests
{
    [Fact]
    public async Task Redis_killed_under_load_and_started_again_loses_and_repeats_nothing()
    {
        await using var rig = await ProcessorRig.StartAsync(appendOnly: true);
        await rig.ProcessAsync(options => options.Workers = 2);
        for (var kill = 0; kill < 3; kill++)
        {
            var loading = Task.Run(async () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    await rig.AddPlainAsync(50);
                    await rig.AddFrameAsync(100);
                }
            });
            await Eventually.Async(() => rig.Metrics.GetValueOrDefault("events.processed") > kill * 2_000, "counting has begun");
            rig.Server.Kill();
            await rig.Server.RestartAsync();
            await loading;
        }

        await rig.ReconnectAsync();
        await rig.AllCountedOnceAsync();
        Assert.True(rig.Log.Says("unreachable"));
        Assert.True(rig.Metrics["processor.epochs transient"] > 0);
    }

    [Fact]
    public async Task Redis_that_stalls_is_left_and_met_again()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync();
        await rig.AddPlainAsync(500);
        await rig.AllCountedOnceAsync();
        rig.Server.Pause();
        await Eventually.Async(() => service.Problem is not null, "the processor notices");
        rig.Server.Resume();
        await rig.ReconnectAsync();
        await rig.AddPlainAsync(500);
        await rig.AllCountedOnceAsync();
        await Eventually.Async(() => service.Problem is null, "the processor counts again");
    }

    [Fact]
    public async Task Stop_during_an_outage_ends_in_time()
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync();
        await rig.AddPlainAsync(500);
        await rig.AllCountedOnceAsync();
        rig.Server.Pause();
        try
        {
            await rig.StopAsync(service).WaitAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            rig.Server.Resume();
        }
    }

    [Fact]
    public async Task Group_destroyed_under_load_is_made_anew_at_the_floor_and_said_so()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync(options => options.Workers = 2);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 20; i++) await rig.AddPlainAsync(100);
            await rig.RunAsync("XGROUP", "DESTROY", rig.Keys.Stream, ProcessorRig.Group);
            for (var i = 0; i < 20; i++) await rig.AddFrameAsync(100);
            await rig.AllCountedOnceAsync();
        }

        Assert.InRange(rig.Met("group_lost"), 1, 5);
        Assert.True(rig.Log.Says("group_lost"));
    }

    [Fact]
    public async Task Server_flushed_under_load_is_reported_and_counting_starts_over()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync();
        await rig.AddPlainAsync(2_000);
        await rig.AllCountedOnceAsync();
        await rig.RunAsync("FLUSHALL");
        await Eventually.Async(() => rig.Log.Says("state_lost"), "the loss is reported");
        await Eventually.Async(async () => (await rig.ReadAsync()).Group.GroupExists, "the group is back");
        await rig.AddAsync("event_type", "click");
        await Eventually.Async(async () => (await rig.ReadAsync()).TotalCount == 1, "the first event is counted");
    }

    [Fact]
    public async Task Functions_flushed_under_load_come_back()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync();
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
        await rig.RunAsync("FUNCTION", "FLUSH");
        await Eventually.Async(() => rig.Metrics["processor.epochs refused"] > 0, "the processor notices");
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync();
    }
}
