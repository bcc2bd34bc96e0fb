using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Processors that are killed, entries that are handed out again, and views that change, while events come in and people ask.</summary>
internal sealed class OracleDrill : IAsyncDisposable
{
    private const int Rounds = 60;
    private const int EventsPerRound = 100;
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-oracle-").FullName;
    private readonly RedisServer _redis;
    private readonly Random _random;
    private readonly Fleet _fleet;
    private StreamgaugeProcess? _serve;

    private OracleDrill(RedisServer server, RespConnection redis, Random random) =>
        (_redis, Redis, _random, _fleet, Sender) = (server, redis, random, new Fleet(server.Endpoint, random), new OracleSender(redis, random));

    public RespConnection Redis { get; }

    public OracleSender Sender { get; }

    public ViewsClient Api { get; private set; } = null!;

    /// <summary>Processors killed, and kills that hit entries in hand.</summary>
    public (int Kills, int Bites) Kills => (_fleet.Kills, _fleet.Bites);

    public static async Task<OracleDrill> StartAsync(Random random)
    {
        var redis = await RedisServer.StartAsync();
        var drill = new OracleDrill(redis, await redis.ConnectAsync(), random);
        await drill.ApplyAsync(OracleViews.Before);
        drill._fleet.Start();
        drill._fleet.Start();
        drill._serve = StreamgaugeProcess.Start("serve", "--redis", redis.Endpoint.ToString(), "--port", "0");
        await drill._serve.WaitForTextAsync("/aggregates");
        drill.Api = ViewsClient.Of(drill._serve.Errors);
        return drill;
    }

    /// <summary>Sends everything and returns when it is counted and served.</summary>
    public async Task RunAsync()
    {
        var events = new RandomEvents(_random);
        using var enough = new CancellationTokenSource();
        var asking = AskAsync(new Random(_random.Next()), enough.Token);
        var changing = Task.CompletedTask;
        for (var round = 1; round <= Rounds; round++)
        {
            var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var isKilling = round % 10 == 5;
            var sending = Sender.SendAsync([.. Enumerable.Range(0, isKilling ? 5 * EventsPerRound : EventsPerRound).Select(_ => events.Next(nowMs))]);
            if (isKilling) await _fleet.KillOneAsync(Redis); // with its hands full
            await sending;
            if (round % 10 == 8) await StealAsync();
            if (round == Rounds / 2) changing = ApplyAsync(OracleViews.After, "--drop");
            if (round == Rounds * 3 / 4) await Redis.ExecuteAsync(["XGROUP", "SETID", "events", "event_group", "0"]); // everything is handed out once more
            await Task.Delay(_random.Next(50, 150)); // the schedule of the drill, not a wait for something
        }

        await changing;
        await Api.WaitUntilCurrentAsync(Redis);
        await enough.CancelAsync();
        await asking;
    }

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        if (_serve is not null) await _serve.DisposeAsync();
        Api?.Dispose();
        await Redis.DisposeAsync();
        await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ApplyAsync(IEnumerable<OracleView> views, params string[] options)
    {
        var file = Path.Combine(_folder, "streamgauge.json");
        await File.WriteAllTextAsync(file, OracleViews.ToFile(views));
        var applied = await StreamgaugeProcess.RunAsync(["views", "apply", file, .. options, "--redis", _redis.Endpoint.ToString()]);
        Assert.True(applied.ExitCode == 0, applied.Errors);
    }

    // Entries in somebody's hands go to a consumer that does not exist, and are handed out again when it stays silent.
    private async Task StealAsync()
    {
        var pending = await Redis.ExecuteAsync(["XPENDING", "events", "event_group", "-", "+", "50"]);
        string[] ids = [.. pending.Items.Select(entry => entry[0].AsText())];
        if (ids.Length > 0) await Redis.ExecuteAsync([.. (string[])["XCLAIM", "events", "event_group", "thief", "0"], .. ids]);
    }

    // What is asked while things change is right or refused with a reason, and must not be remembered longer than it is true.
    private async Task AskAsync(Random random, CancellationToken enough)
    {
        List<OracleView> views = [.. OracleViews.Before, .. OracleViews.After, .. OracleViews.BuiltIn];
        while (!enough.IsCancellationRequested)
        {
            var queries = new RandomQueries(random, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            var query = queries.Next(views[random.Next(views.Count)]);
            using var response = await Api.GetAsync(query.ToPath());
            var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
            Assert.True((int)response.StatusCode is 200 or 400 or 404, $"{query}: {(int)response.StatusCode} {body}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
