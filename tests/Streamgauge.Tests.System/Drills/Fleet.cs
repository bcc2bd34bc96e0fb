using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Real processor processes that come and go.</summary>
internal sealed class Fleet(RedisEndpoint redis, Random random) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly List<Member> _members = [];
    private int _started;

    /// <summary>Processes killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Kills that hit a processor with entries in its hands: those that would lose or double something.</summary>
    public int Bites { get; private set; }

    public void Start()
    {
        // A prefix of its own for each, so that what a dead one held can be told from Redis's pending list.
        var consumer = $"drill{++_started}";
        _members.Add(new Member(consumer, StreamgaugeProcess.Start(
            "process", "--redis", redis.ToString(), "--consumer", consumer, "--claim-after", "1s", "--timeout", "500ms", "--commit-events", "1000", "--log-json", "false")));
    }

    /// <summary>SIGKILL for one that counts, chosen at random, and a new one in its place.</summary>
    public async Task KillOneAsync(RespConnection connection)
    {
        await Eventually.Async(() => _members.Exists(member => member.Counts), "one of the processors counts", StartTimeout);
        var counting = _members.FindAll(member => member.Counts);
        await KillAsync(connection, [counting[random.Next(counting.Count)]]);
    }

    /// <summary>SIGKILL for all of them while all of them count, and as many new ones.</summary>
    public async Task KillAllAsync(RespConnection connection)
    {
        await Eventually.Async(() => _members.TrueForAll(member => member.Counts), "all processors count", StartTimeout);
        await KillAsync(connection, [.. _members]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members) await member.Process.DisposeAsync();
    }

    private async Task KillAsync(RespConnection connection, List<Member> victims)
    {
        foreach (var victim in victims) victim.Process.Kill();
        var left = await CountersInRedis.StatusAsync(connection);
        foreach (var victim in victims)
        {
            Kills++;
            if (left.Consumers.Any(consumer => consumer.Pending > 0 && consumer.Name.StartsWith(victim.Consumer + "-", StringComparison.Ordinal))) Bites++;
            _members.Remove(victim);
            await victim.Process.DisposeAsync();
            Start();
        }
    }

    private sealed record Member(string Consumer, StreamgaugeProcess Process)
    {
        public bool Counts => Process.Errors.Contains(" counts events on ", StringComparison.Ordinal);
    }
}
