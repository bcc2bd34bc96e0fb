using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Conditions;

/// <summary>What Redis says of itself, as gauges.</summary>
public sealed class WatchMetricsTests
{
    [Fact]
    public async Task Clients_replicas_and_the_file_are_told_as_Redis_tells_them()
    {
        await using var rig = await ProcessorRig.StartAsync(appendOnly: true);
        await rig.ProcessAsync();
        await Eventually.Async(() => rig.Gauge("redis.clients") >= 4, "the test's connection and three of the processor's are there");
        await using (await rig.Server.ConnectAsync())
        {
            var clients = double.Parse((await rig.RunAsync("INFO", "clients")).AsText().Split("connected_clients:")[1].Split('\r')[0]);
            await Eventually.Async(() => rig.Gauge("redis.clients") == clients, $"all {clients} clients are told");
        }

        Assert.Equal((10_000, 0, 1, 1, 1, 1), (rig.Gauge("redis.clients.max"), rig.Gauge("redis.replicas"), rig.Gauge("redis.aof.enabled"), rig.Gauge("redis.aof.write_ok"), rig.Gauge("redis.aof.rewrite_ok"), rig.Gauge("redis.snapshot_ok")));
        Assert.InRange(rig.Gauge("redis.start_time"), DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds());
        await rig.RunAsync("CONFIG", "SET", "appendonly", "no");
        await Eventually.Async(() => rig.Gauge("redis.aof.enabled") == 0, "its end is told");
    }

    [Fact]
    public async Task A_snapshot_that_fails_is_told_until_one_succeeds()
    {
        await using var rig = await ProcessorRig.StartAsync(appendOnly: true);
        await rig.ProcessAsync();
        await Eventually.Async(() => rig.Gauge("redis.snapshot_ok") == 1, "the watch has looked");

        // A folder stands where the snapshot goes.
        var snapshot = Path.Combine((await rig.RunAsync("CONFIG", "GET", "dir"))[1].AsText(), (await rig.RunAsync("CONFIG", "GET", "dbfilename"))[1].AsText());
        Directory.CreateDirectory(snapshot);
        await rig.RunAsync("BGSAVE");
        await Eventually.Async(() => rig.Gauge("redis.snapshot_ok") == 0, "the failure is told");
        Directory.Delete(snapshot);
        await rig.RunAsync("BGSAVE");
        await Eventually.Async(() => rig.Gauge("redis.snapshot_ok") == 1, "its end is told");
    }

    [Fact]
    public async Task While_Redis_is_away_nothing_is_told_of_it()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.ProcessAsync();
        await Eventually.Async(() => rig.Gauge("redis.memory.used") > 0, "the watch has looked");
        rig.Server.Kill();
        await Eventually.Async(() => double.IsNaN(rig.Gauge("redis.memory.used")) && double.IsNaN(rig.Gauge("redis.aof.write_ok")), "what was true before is not told any more");
    }
}
