using System.Diagnostics;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Two real processors and an API over a topology, and what was sent through them.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private readonly RedisEndpoint _redis;
    private readonly List<StreamgaugeProcess> _processes = [];

    private Pipeline(RedisEndpoint redis) => _redis = redis;

    /// <summary>What must be counted in the end.</summary>
    public Counters Sent { get; } = new();

    public ViewsClient Api { get; private set; } = null!;

    public static async Task<Pipeline> StartAsync(RedisEndpoint redis)
    {
        var pipeline = new Pipeline(redis);
        var serve = pipeline.Start("serve", "--port", "0");
        for (var i = 0; i < 2; i++) pipeline.Start("process", "--claim-after", "1s", "--timeout", "900ms", "--log-json", "false");
        foreach (var process in pipeline._processes.Skip(1)) await process.WaitForTextAsync(" counts events on ");
        await serve.WaitForTextAsync("/aggregates");
        pipeline.Api = ViewsClient.Of(serve.Errors);
        return pipeline;
    }

    /// <summary>Sends until stopped.</summary>
    public Load StartLoad(double rate) => new(_redis, new GeneratorOptions { Rate = rate, Seed = 7 }, plain: false, eventsPerSend: 50);

    /// <summary>Stops sending; all of it is acknowledged.</summary>
    public async Task StopAsync(Load load) => Sent.Add(await load.StopAsync());

    /// <summary>Sends so many events and waits until they are acknowledged.</summary>
    public async Task SendAsync(long count)
    {
        await using var load = new Load(_redis, new GeneratorOptions { Rate = 0, Count = count, Seed = 11 }, plain: false, eventsPerSend: 50);
        await load.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        await StopAsync(load);
    }

    /// <summary>Waits until the API shows more events than it does now: sender, processors and API all work.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitForProgressAsync(TimeSpan bound)
    {
        var waited = Stopwatch.StartNew();
        var before = await CountAsync();
        await Eventually.Async(async () => await CountAsync() > before, "the API shows further events", bound);
        return waited.Elapsed;
    }

    /// <summary>Events the API shows.</summary>
    public async Task<long> CountAsync() => (await Api.GetJsonAsync("/aggregates")).GetProperty("overview").GetProperty("total_count").GetInt64();

    /// <summary>A connection of the test's own to the server that is right at this moment.</summary>
    public Task<RespConnection> ConnectAsync() => RespConnection.ConnectAsync(_redis, new RedisOptions(), CancellationToken.None);

    /// <summary>Waits until all is counted, then compares every counter with what was sent, and the API with both.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync()
    {
        await using var redis = await ConnectAsync();
        await CountersInRedis.WaitUntilDrainedAsync(redis, TimeSpan.FromSeconds(15));
        await Eventually.Async(async () => await CountAsync() == Sent["total_count"], "the API shows all events", TimeSpan.FromSeconds(5));
        return await CountersInRedis.DifferencesAsync(redis, Sent);
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        foreach (var process in _processes) await process.DisposeAsync();
    }

    private StreamgaugeProcess Start(params string[] arguments)
    {
        var process = StreamgaugeProcess.Start([.. arguments, "--redis", _redis.ToString()]);
        _processes.Add(process);
        return process;
    }
}
