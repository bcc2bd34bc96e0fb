using System.Diagnostics;
using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Conditions;

/// <summary>Every condition that makes a processor stand still: named, said once, and over by itself soon after it is healed, with exact totals.</summary>
public sealed class StandingStillTests
{
    // The longest pause between attempts is 5 s, and two of them may be needed.
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(15);

    [Fact]
    public Task Too_few_replicas() => BreakAndHealAsync("no_replicas",
        rig => rig.RunAsync("CONFIG", "SET", "min-replicas-to-write", "1"),
        rig => rig.RunAsync("CONFIG", "SET", "min-replicas-to-write", "0"));

    [Fact]
    public Task A_master_that_becomes_a_replica_under_way() => BreakAndHealAsync("read_only",
        rig => rig.RunAsync("REPLICAOF", "127.0.0.1", "1"),
        rig => rig.RunAsync("REPLICAOF", "NO", "ONE"));

    [Fact]
    public Task Somebodys_endless_script() => BreakAndHealAsync("busy",
        async rig =>
        {
            await rig.RunAsync("CONFIG", "SET", "busy-reply-threshold", "50");
            var connection = await rig.Server.ConnectAsync();
            _ = connection.ExecuteAsync(["EVAL", "while true do end", "0"]); // ends with SCRIPT KILL
        },
        rig => rig.RunAsync("SCRIPT", "KILL"));

    [Fact]
    public Task A_permission_taken_away() => BreakAndHealAsync("permission",
        rig => rig.RunAsync("ACL", "SETUSER", "default", "-xreadgroup"),
        rig => rig.RunAsync("ACL", "SETUSER", "default", "+xreadgroup"));

    [Fact]
    public Task A_password_that_is_no_longer_right() => BreakAndHealAsync("credentials",
        async rig =>
        {
            await rig.RunAsync("CONFIG", "SET", "requirepass", "new");
            await rig.RunAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        },
        rig => rig.RunAsync("CONFIG", "SET", "requirepass", ""));

    [Fact]
    public Task Somebody_writing_to_our_keys() => BreakAndHealAsync("wrong_type",
        async rig =>
        {
            // In one step: what is counted in between would go with the key that is overwritten.
            await rig.RunAsync("EVAL", "redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('SET', KEYS[1], 'not ours')", "2", rig.Keys.Aggregates, "{events}:kept");
            await rig.AddAsync("event_type", "click", "value", "1");
        },
        rig => rig.RunAsync("RENAME", "{events}:kept", rig.Keys.Aggregates), appendedUnseen: 1);

    [Fact]
    public async Task Loading()
    {
        await using var rig = await ProcessorRig.StartAsync(new RedisServerOptions { AppendOnly = true, Arguments = ["--key-load-delay", "400", "--loading-process-events-interval-bytes", "1024"] });
        await rig.RunAsync("EVAL", "for i = 1, 5000 do redis.call('SET', 'other:' .. i, string.rep('x', 100)) end", "0");
        var service = await rig.ProcessAsync();
        await rig.AddPlainAsync(500);
        rig.Server.Launch(); // the delay makes loading take seconds
        await AssertMetAsync(rig, service, "loading");
        await Eventually.Async(
            async () =>
            {
                try
                {
                    await rig.ReconnectAsync();
                    return true;
                }
                catch (Resp.RedisException)
                {
                    return false;
                }
            },
            "Redis has loaded its data");
        await AssertRecoveredAsync(rig, service);
    }

    [FullDiskFact]
    public async Task Full_disk()
    {
        using var disk = new SmallDisk(megabytes: 12);
        await using var rig = await ProcessorRig.StartAsync(new RedisServerOptions { AppendOnly = true, Arguments = ["--dir", disk.Folder, "--appendfsync", "everysec"] });
        var service = await rig.ProcessAsync();
        await rig.AddPlainAsync(500);
        await rig.AllCountedOnceAsync();
        disk.Fill();
        await Eventually.Async(
            async () =>
            {
                try
                {
                    await rig.RunAsync("SET", "other", new string('x', 100_000));
                    return false;
                }
                catch (Resp.RedisReplyException e) when (e.Code == "MISCONF")
                {
                    return true;
                }
            },
            "Redis refuses writes");
        await AssertMetAsync(rig, service, "misconf");
        await Eventually.Async(() => rig.Gauge("redis.aof.write_ok") == 0, "the failing append-only file is told");
        disk.Free();
        await AssertRecoveredAsync(rig, service);
        await Eventually.Async(() => rig.Gauge("redis.aof.write_ok") == 1, "its end is told");
    }

    private static async Task BreakAndHealAsync(string condition, Func<ProcessorRig, Task> breakAsync, Func<ProcessorRig, Task> healAsync, int appendedUnseen = 0)
    {
        await using var rig = await ProcessorRig.StartAsync();
        var service = await rig.ProcessAsync();
        await rig.AddPlainAsync(500);
        await rig.AllCountedOnceAsync();
        for (var i = 0; i < 20; i++) await rig.AddPlainAsync(200); // most of it is not counted yet when it breaks
        await breakAsync(rig);
        rig.AppendedUnseen(appendedUnseen);
        await AssertMetAsync(rig, service, condition);
        await healAsync(rig);
        await AssertRecoveredAsync(rig, service);
    }

    private static async Task AssertMetAsync(ProcessorRig rig, ProcessorService service, string condition)
    {
        await Eventually.Async(() => service.Problem?.Contains($"({condition})", StringComparison.Ordinal) == true, $"health says {condition}; log: {string.Join('\n', rig.Log.Lines.TakeLast(5))}");
        Assert.Matches(@", since 20\d\d-", service.Problem!);
        Assert.Equal((1, 1), (rig.Met(condition), rig.Log.Count(2301, $"({condition})")));
        await Eventually.Async(() => rig.Gauge($"redis.condition.age processor {condition}") > 0.5, "its age grows");
        Assert.Equal(1, rig.Log.Count(2301, $"({condition})")); // it was met again meanwhile, and not said again
    }

    private static async Task AssertRecoveredAsync(ProcessorRig rig, ProcessorService service)
    {
        var healed = Stopwatch.StartNew();
        await rig.AddPlainAsync(100);
        await rig.AllCountedOnceAsync(RecoveryMax);
        await Eventually.Async(() => service.Problem is null, "the processor says that it counts");
        Assert.InRange(healed.Elapsed, TimeSpan.Zero, RecoveryMax);
        Assert.True(rig.Log.Has(2302));
        Assert.Equal(TimeSpan.Zero, (await rig.ReadAsync()).Group.Lag);
        await Eventually.Async(() => rig.Gauge("consumer_group.pending.idle") == 0, "the watch sees nothing pending");
    }
}
