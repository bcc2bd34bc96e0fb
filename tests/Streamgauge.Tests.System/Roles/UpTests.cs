using System.Text;
using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Everything in one process with a Redis of its own: it counts, stops, and goes on where it was, however it ended.</summary>
public sealed class UpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-up-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Numbers_rise_and_event_types_add_up_to_the_total_in_every_answer()
    {
        await using var up = await UpProcess.StartAsync(_folder, "--rate", "2000");
        long before = 0;
        for (var rises = 0; rises < 5;)
        {
            var answer = await up.GetAggregatesAsync();
            var total = answer.GetProperty("overview").GetProperty("total_count").GetInt64();
            Assert.Equal(total, Sum(answer.GetProperty("event_types")));
            Assert.True(total >= before, "the total fell");
            if (total > before) rises++;
            else await up.WaitUntilCountedAsync(before + 1);
            before = total;
        }

        await up.StopAsync();

        static long Sum(JsonElement types) => types.GetProperty("items").EnumerateArray().Sum(type => type.GetProperty("count").GetInt64()) + types.GetProperty("other").GetProperty("count").GetInt64();
    }

    [Fact]
    public async Task After_Ctrl_C_the_next_start_goes_on_from_the_same_totals()
    {
        long before;
        await using (var first = await UpProcess.StartAsync(_folder, "--rate", "2000"))
        {
            await first.WaitUntilCountedAsync(2_000);
            before = (await CountersInRedis.ReadAsync(first.Redis))["total_count"];
            await first.StopAsync();
        }

        await AssertGoesOnExactlyAsync(before);
    }

    [Fact]
    public async Task After_kill_9_the_Redis_it_left_behind_is_taken_over_and_counting_goes_on_exactly()
    {
        await using var killed = await UpProcess.StartAsync(_folder, "--rate", "5000");
        await killed.WaitUntilCountedAsync(5_000);
        killed.Kill();
        var before = (await CountersInRedis.ReadAsync(killed.Redis))["total_count"];

        Assert.Equal(killed.RedisProcessId, await AssertGoesOnExactlyAsync(before));

        // Its end is waited for like a child's: the folder must be free at once.
        Assert.NotEqual(killed.RedisProcessId, await AssertGoesOnExactlyAsync(before));
    }

    [Fact]
    public async Task Redis_that_is_taken_over_gets_the_options_of_the_new_run()
    {
        await using var killed = await UpProcess.StartAsync(_folder);
        killed.Kill();
        await using var next = await UpProcess.StartAsync(_folder, "--fsync", "always", "--maxmemory", "300mb");
        Assert.Equal(killed.RedisProcessId, next.RedisProcessId);
        Assert.Equal("always", (await next.Redis.ExecuteAsync(["CONFIG", "GET", "appendfsync"]))[1].AsText());
        Assert.Equal("314572800", (await next.Redis.ExecuteAsync(["CONFIG", "GET", "maxmemory"]))[1].AsText());
        await next.StopAsync();
    }

    [Fact]
    public async Task After_kill_9_of_both_with_a_torn_append_only_file_every_further_start_shows_the_same_totals()
    {
        await using (var killed = await UpProcess.StartAsync(_folder, "--rate", "5000"))
        {
            await killed.WaitUntilCountedAsync(5_000);
            killed.Kill();
            await killed.KillRedisAsync();
        }

        await TearLastCommitAsync(Path.Combine(_folder, "appendonlydir", "appendonly.aof.1.incr.aof"));
        await AssertGoesOnExactlyAsync(before: 1);
        await using var second = await UpProcess.StartAsync(_folder, "--no-producer");
        var totals = await CountersInRedis.ReadAsync(second.Redis);
        await second.StopAsync();
        await using var third = await UpProcess.StartAsync(_folder, "--no-producer");
        Assert.Empty(totals.DifferencesTo(await CountersInRedis.ReadAsync(third.Redis)));
        await third.StopAsync();
    }

    [Fact]
    public async Task A_second_one_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var first = await UpProcess.StartAsync(_folder, "--rate", "1000");
        var second = await StreamgaugeProcess.RunAsync("up", "--data", _folder, "--port", "0");
        Assert.Equal((4, ""), (second.ExitCode, second.Output));
        Assert.Contains("is in use by another Streamgauge: stop that one, or give this one its own folder with --data DIR.", Assert.Single(Lines(second.Errors)), StringComparison.Ordinal);
        await first.WaitUntilCountedAsync((await CountersInRedis.ReadAsync(first.Redis))["total_count"] + 500);
        await first.StopAsync();
    }

    [Fact]
    public async Task Without_redis_server_on_the_PATH_it_says_what_to_install()
    {
        var result = await StreamgaugeProcess.RunAsync(["up", "--data", _folder, "--port", "0"], new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = "/nowhere" });
        Assert.Equal((4, ""), (result.ExitCode, result.Output));
        Assert.Contains("redis-server was not found on PATH: install it", Assert.Single(Lines(result.Errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_port_that_is_taken_it_says_so_and_leaves_no_Redis_behind()
    {
        using var listener = new global::System.Net.Sockets.TcpListener(global::System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((global::System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var result = await StreamgaugeProcess.RunAsync("up", "--data", _folder, "--port", port.ToString());
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($":{port}: address already in use. Choose another --port", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "redis.sock")), "the private Redis still runs");
    }

    /// <summary>Starts once more without a producer, lets it count what is left, and compares with the stream counted entry by entry.</summary>
    /// <returns>Process id of the private Redis.</returns>
    private async Task<int> AssertGoesOnExactlyAsync(long before)
    {
        await using var next = await UpProcess.StartAsync(_folder, "--no-producer");
        await CountersInRedis.WaitUntilDrainedAsync(next.Redis);
        var expected = await CountersInRedis.RecountStreamAsync(next.Redis);
        Assert.True(expected["total_count"] >= before, $"{before} events were counted, {expected["total_count"]} are left");
        Assert.Empty(await CountersInRedis.DifferencesAsync(next.Redis, expected));
        await next.StopAsync();
        return next.RedisProcessId;
    }

    // MULTI … XACK … HINCRBY | cut | HINCRBY … EXEC: acknowledged and half counted, unless the block is thrown away whole.
    private static async Task TearLastCommitAsync(string path)
    {
        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path));
        var acknowledged = text.LastIndexOf("\r\nXACK\r\n", StringComparison.Ordinal);
        var end = text.IndexOf("\r\nEXEC\r\n", acknowledged, StringComparison.Ordinal);
        Assert.InRange(acknowledged, 0, end);
        await using var file = File.OpenWrite(path);
        file.SetLength(text.IndexOf("\r\nHINCRBY\r\n", (acknowledged + end) / 2, StringComparison.Ordinal) + 5); // within the command's name
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
