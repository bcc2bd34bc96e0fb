using System.Text.Json;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A running <c>up</c> and the private Redis it started or found. Disposing ends both.</summary>
internal sealed class UpProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private readonly StreamgaugeProcess _process;

    private UpProcess(StreamgaugeProcess process, RespConnection redis, int redisProcessId)
    {
        _process = process;
        Redis = redis;
        RedisProcessId = redisProcessId;
    }

    /// <summary>A connection to the private Redis.</summary>
    public RespConnection Redis { get; }

    public int RedisProcessId { get; }

    /// <summary>What it logged so far.</summary>
    public string Errors => _process.Errors;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(new Uri(WordAfter(_process.Output, "numbers ")), "/");

    /// <summary>Where the Prometheus of <c>--observe</c> listens.</summary>
    public Uri Prometheus => new(new Uri(WordAfter(_process.Output, "alerts ")), "/");

    /// <summary>Starts and waits until it says that it is up.</summary>
    public static Task<UpProcess> StartAsync(string folder, params string[] options) => StartAsync(folder, new Dictionary<string, string?>(StringComparer.Ordinal), options);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    public static async Task<UpProcess> StartAsync(string folder, IReadOnlyDictionary<string, string?> environment, params string[] options)
    {
        var process = StreamgaugeProcess.Start(["up", "--data", folder, "--port", "0", "--claim-after", "1s", "--timeout", "500ms", .. options], environment);
        try
        {
            await process.WaitForTextAsync("Streamgauge is up.");
            var redis = await RespConnection.ConnectAsync(RedisEndpoint.Parse($"unix://{folder}/redis.sock"), new RedisOptions(), CancellationToken.None);
            var server = (await redis.ExecuteAsync(["INFO", "server"])).AsText();
            return new UpProcess(process, redis, int.Parse(WordAfter(server, "process_id:")));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The answer of <c>/aggregates</c>.</summary>
    public async Task<JsonElement> GetAggregatesAsync() => JsonDocument.Parse(await Http.GetStringAsync(new Uri(WordAfter(_process.Output, "numbers ")))).RootElement;

    /// <summary>The metrics page, as text.</summary>
    public Task<string> GetMetricsAsync() => Http.GetStringAsync(new Uri(WordAfter(_process.Output, "metrics ")));

    public async Task WaitUntilCountedAsync(long events) =>
        await Eventually.Async(async () => await GetAggregatesAsync() is var answer && answer.GetProperty("overview").GetProperty("total_count").GetInt64() >= events, $"/aggregates shows {events} events");

    /// <summary>Ctrl-C; it must end by itself, well, and with its Redis.</summary>
    public async Task StopAsync()
    {
        _process.Interrupt();
        Assert.Equal(0, await _process.WaitForExitAsync(StopTimeout));
        Assert.False(Signals.IsRunning(RedisProcessId), "the private Redis outlived its owner");
    }

    /// <summary>SIGKILL for the process alone; its Redis lives on, unless it was killed before.</summary>
    public void Kill(bool redisLives = true)
    {
        _process.Kill();
        if (redisLives) Assert.True(Signals.IsRunning(RedisProcessId), "the private Redis ended with its owner");
    }

    /// <summary>SIGKILL for the private Redis.</summary>
    public Task KillRedisAsync()
    {
        Signals.Send("KILL", RedisProcessId);
        return Eventually.Async(() => !Signals.IsRunning(RedisProcessId), "the private Redis is gone");
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await _process.DisposeAsync();
        if (Signals.IsRunning(RedisProcessId)) await KillRedisAsync();
    }

    private static string WordAfter(string text, string marker) => text[(text.IndexOf(marker, StringComparison.Ordinal) + marker.Length)..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries)[0];
}
