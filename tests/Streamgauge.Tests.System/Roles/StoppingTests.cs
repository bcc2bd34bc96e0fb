using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>What a signal leaves behind: the right exit code, no orphan, and a word about anything lost.</summary>
public sealed class StoppingTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Producer_that_is_stopped_before_its_count_says_so_by_its_exit_code()
    {
        await using var produce = StreamgaugeProcess.Start(["produce", "--count", "1000000", "--redis", _redis.Endpoint.ToString()]);
        await Eventually.Async(async () => await LengthAsync() > 10, "events arrive");
        produce.Terminate();
        Assert.Equal(130, await produce.WaitForExitAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task Producer_that_cannot_flush_says_how_much_is_lost_and_fails()
    {
        await using var produce = StreamgaugeProcess.Start(["produce", "--redis", _redis.Endpoint.ToString()]);
        await Eventually.Async(async () => await LengthAsync() > 10, "events arrive");
        _redis.Pause();
        try
        {
            produce.Terminate();
            Assert.Equal(1, await produce.WaitForExitAsync(TimeSpan.FromSeconds(40)));
        }
        finally
        {
            _redis.Resume();
        }

        Assert.Contains("they are lost", produce.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_that_is_stopped_takes_its_private_Redis_and_its_folder_along()
    {
        var temporary = Directory.CreateTempSubdirectory("sg-").FullName;
        try
        {
            await using var bench = StreamgaugeProcess.Start(["bench"], new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = temporary });
            var redisId = 0;
            await Eventually.Async(() => Directory.GetFiles(temporary, "redis.pid", SearchOption.AllDirectories) is [var file] && int.TryParse(File.ReadAllText(file), out redisId), "its Redis runs");
            bench.Terminate();
            Assert.Equal(130, await bench.WaitForExitAsync(TimeSpan.FromSeconds(30)));
            Assert.False(Signals.IsRunning(redisId), "its private Redis lives on");
            Assert.Empty(Directory.GetDirectories(temporary, "streamgauge-bench-*"));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Compressed_file_that_is_cut_short_or_damaged_is_an_error_and_no_end(bool cut)
    {
        var file = Path.Combine(_redis.Folder, "events.ndjson.gz");
        await using (var compressed = new global::System.IO.Compression.GZipStream(File.Create(file), global::System.IO.Compression.CompressionLevel.Optimal))
        {
            for (var i = 0; i < 5_000; i++) await compressed.WriteAsync(global::System.Text.Encoding.UTF8.GetBytes($"{{\"event_type\":\"view\",\"session_id\":\"s{i * 7919 % 1000}\"}}\n"));
        }

        var bytes = await File.ReadAllBytesAsync(file);
        if (!cut) bytes.AsSpan(bytes.Length / 2, 8).Fill(0xFF);
        await File.WriteAllBytesAsync(file, cut ? bytes[..(bytes.Length / 2)] : bytes);
        var replay = await StreamgaugeProcess.RunAsync("replay", file, "--redis", _redis.Endpoint.ToString());
        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("damaged or cut short", replay.Errors, StringComparison.Ordinal);
    }

    private async Task<long> LengthAsync()
    {
        await using var connection = await _redis.ConnectAsync();
        return (await connection.ExecuteAsync(["XLEN", "events"])).AsInteger();
    }
}
