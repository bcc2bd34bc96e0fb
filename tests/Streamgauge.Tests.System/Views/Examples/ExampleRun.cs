using System.Text.Json;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>One of the published examples, counted and served by the real executable over a real Redis.</summary>
internal sealed class ExampleRun : IAsyncDisposable
{
    private readonly RedisServer _redis;
    private readonly List<StreamgaugeProcess> _processes = [];

    private ExampleRun(RedisServer redis, RespConnection connection) => (_redis, Redis) = (redis, connection);

    public RespConnection Redis { get; }

    public ViewsClient Api { get; private set; } = null!;

    /// <summary>Roles in processes of their own: <c>views apply</c>, <c>process</c>, <c>serve</c>.</summary>
    public static Task<ExampleRun> StartRolesAsync(string example) => StartAsync(async run =>
    {
        var applied = await StreamgaugeProcess.RunAsync("views", "apply", FileOf(example), "--redis", run.Address);
        Assert.True(applied.ExitCode == 0, applied.Errors);
        run.Start("process", "--redis", run.Address);
        var serve = run.Start("serve", "--redis", run.Address, "--port", "0");
        await serve.WaitForTextAsync("/aggregates");
        run.Api = ViewsClient.Of(serve.Errors);
    });

    /// <summary>All of them in one: <c>up --views</c>.</summary>
    public static Task<ExampleRun> StartUpAsync(string example) => StartAsync(async run =>
    {
        var up = run.Start("up", "--no-producer", "--views", FileOf(example), "--redis", run.Address, "--port", "0");
        await up.WaitForTextAsync("Streamgauge is up.");
        await up.WaitForTextAsync("/metrics");
        run.Api = ViewsClient.Of(up.Output);
    });

    /// <summary>Replays a file and waits until the API answers with all of it.</summary>
    /// <returns>What <c>replay</c> printed.</returns>
    public async Task<JsonElement> ReplayAsync(string file, params string[] options)
    {
        var replay = await StreamgaugeProcess.RunAsync(["replay", file, .. options, "--redis", Address, "--output", "json"]);
        Assert.True(replay.ExitCode == 0, replay.Errors);
        var summary = JsonDocument.Parse(replay.Output).RootElement;
        Assert.Equal(0, summary.GetProperty("malformed").GetInt64());
        await Api.WaitUntilCurrentAsync(Redis);
        return summary;
    }

    /// <summary>Events reported as late, and those clamped.</summary>
    public async Task<(long Late, long Clamped)> OddTimesAsync()
    {
        var overview = (await Api.GetJsonAsync("/aggregates/summary")).GetProperty("overview");
        return (overview.GetProperty("late").GetInt64(), overview.GetProperty("clamped").GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        Api?.Dispose();
        await Redis.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private string Address => _redis.Endpoint.ToString();

    private static string FileOf(string example) => Path.Combine(RepositoryRoot.Find(), "examples", example);

    private static async Task<ExampleRun> StartAsync(Func<ExampleRun, Task> start)
    {
        var redis = await RedisServer.StartAsync();
        var run = new ExampleRun(redis, await redis.ConnectAsync());
        try
        {
            await start(run);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    private StreamgaugeProcess Start(params string[] arguments)
    {
        var process = StreamgaugeProcess.Start(arguments);
        _processes.Add(process);
        return process;
    }
}
