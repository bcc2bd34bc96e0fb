using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.Dashboard;

/// <summary>A real pipeline of separate processes, each of which a test may stop: Redis, one processor, the API.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private readonly string[] _redisArguments;
    private StreamgaugeProcess _serve = null!;

    private Pipeline(RedisServer redis)
    {
        Redis = redis;
        _redisArguments = ["--redis", redis.Endpoint.ToString()];
    }

    public RedisServer Redis { get; }

    public StreamgaugeProcess Processor { get; private set; } = null!;

    /// <summary>Where the page is, with a slash behind.</summary>
    public Uri Address { get; private set; } = null!;

    public StreamgaugeProcess Api => _serve;

    public static async Task<Pipeline> StartAsync()
    {
        var pipeline = new Pipeline(await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true }));
        pipeline.Processor = StreamgaugeProcess.Start(["process", "--claim-after", "2s", "--timeout", "1s", .. pipeline._redisArguments]);
        await pipeline.StartApiAsync(port: 0);
        await pipeline.Processor.WaitForTextAsync("counts");
        return pipeline;
    }

    /// <summary>Starts the API; a port of 0 is a free one.</summary>
    public async Task StartApiAsync(int port)
    {
        if (_serve is not null) await _serve.DisposeAsync();
        _serve = StreamgaugeProcess.Start(["serve", "--port", port.ToString(), .. _redisArguments]);
        await _serve.WaitForTextAsync("/aggregates");
        var address = (_serve.Errors + _serve.Output).Split(' ', '\n').First(word => word.StartsWith("http://localhost:", StringComparison.Ordinal));
        Address = new Uri(new Uri(address), "/");
        await Eventually.Async(async () => (await Http.GetAsync(new Uri(Address, "v1/pipeline"))).IsSuccessStatusCode, "the pipeline was looked at");
    }

    /// <summary>Sends generated events and waits until they are counted.</summary>
    public async Task SendAsync(int events)
    {
        var before = (await AskAsync("v1/pipeline")).GetProperty("totals").GetProperty("events").GetInt64();
        var produce = await StreamgaugeProcess.RunAsync(["produce", "--count", events.ToString(), "--rate", "0", .. _redisArguments]);
        Assert.Equal(0, produce.ExitCode);
        await Eventually.Async(async () => (await AskAsync("v1/pipeline")).GetProperty("totals").GetProperty("events").GetInt64() >= before + events, $"{events} more events are counted");
    }

    /// <summary>Appends one entry as any Redis client would.</summary>
    public async Task AddAsync(params string[] fields)
    {
        await using var connection = await Redis.ConnectAsync();
        await connection.ExecuteAsync(["XADD", "events", "*", .. fields]);
    }

    public async Task<JsonElement> AskAsync(string path) => JsonDocument.Parse(await Http.GetStringAsync(new Uri(Address, path))).RootElement;

    public async ValueTask DisposeAsync()
    {
        await _serve.DisposeAsync();
        await Processor.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
