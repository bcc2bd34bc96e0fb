using Streamgauge.Resp;

namespace Streamgauge.TestKit;

/// <summary>A master, two replicas and three sentinels of one test, real servers on free ports of 127.0.0.1.</summary>
public sealed class SentinelSetup : IAsyncDisposable
{
    private const string MasterName = "shop";
    private const int Quorum = 2;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private readonly List<RedisServer> _servers = [];
    private readonly List<Sentinel> _sentinels = [];

    private SentinelSetup()
    {
    }

    /// <summary>The address to give to everybody.</summary>
    public RedisEndpoint Endpoint => RedisEndpoint.Parse($"redis+sentinel://{string.Join(',', _sentinels.Select(sentinel => sentinel.Host))}/{MasterName}");

    /// <summary>Starts all of them and waits until everybody knows everybody.</summary>
    public static async Task<SentinelSetup> StartAsync()
    {
        var setup = new SentinelSetup();
        try
        {
            await setup.StartAllAsync();
            return setup;
        }
        catch
        {
            await setup.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the replicas have all that the master has. Nobody may write meanwhile.</summary>
    public async Task WaitForReplicasAsync() => await (await MasterAsync()).WaitForReplicasAsync(_servers.Count - 1);

    /// <summary>SIGKILL for the master. Returns when the sentinels have made another the master.</summary>
    public async Task KillMasterAsync()
    {
        var old = await MasterAsync();
        old.Kill();
        await WaitForOtherMasterAsync(old);
    }

    /// <summary>Has the sentinels make another server the master while the old one lives, and waits until the old one follows it.</summary>
    public async Task FailOverAsync()
    {
        var old = await MasterAsync();
        await _sentinels[0].AskAsync("SENTINEL", "FAILOVER", MasterName);
        await WaitForOtherMasterAsync(old);
        await Eventually.Async(() => old.SaysAsync("replication", "role:slave", "master_link_status:up"), "the old master is a replica", Bound);
    }

    /// <summary>SIGKILL for a sentinel.</summary>
    public void KillSentinel(int index) => _sentinels[index].Kill();

    public async ValueTask DisposeAsync()
    {
        await Servers.DisposeAllAsync(_sentinels); // first, or they see a disaster and write about it
        await Servers.DisposeAllAsync(_servers);
    }

    private async Task<RedisServer> MasterAsync()
    {
        foreach (var server in _servers)
        {
            if (await server.SaysAsync("replication", "role:master")) return server;
        }

        throw new InvalidOperationException("No server is a master at the moment.");
    }

    private async Task StartAllAsync()
    {
        string[] fast = ["--repl-diskless-sync-delay", "0"];
        var master = await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true, Arguments = fast });
        _servers.Add(master);
        string[] follow = [.. fast, "--replicaof", "127.0.0.1", master.TcpEndpoint.Port.ToString()];
        for (var i = 0; i < 2; i++) _servers.Add(await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true, Arguments = follow }));
        foreach (var replica in _servers.Skip(1)) await Eventually.Async(() => replica.SaysAsync("replication", "master_link_status:up"), "the replica follows", Bound);

        string[] watch =
        [
            $"sentinel monitor {MasterName} 127.0.0.1 {master.TcpEndpoint.Port} {Quorum}", $"sentinel down-after-milliseconds {MasterName} 800",
            $"sentinel failover-timeout {MasterName} 3000", $"sentinel parallel-syncs {MasterName} 2",
        ];
        for (var i = 0; i < 3; i++) _sentinels.Add(await Sentinel.StartAsync(watch));
        foreach (var sentinel in _sentinels) await Eventually.Async(() => SeesAllAsync(sentinel), "the sentinel sees all servers and its peers", Bound);
    }

    private async Task<bool> SeesAllAsync(Sentinel sentinel)
    {
        try
        {
            var state = await sentinel.AskAsync("SENTINEL", "MASTER", MasterName);
            return state.Get("flags")!.AsText() == "master" && state.Get("num-slaves")!.AsInteger() == _servers.Count - 1 && state.Get("num-other-sentinels")!.AsInteger() == 2;
        }
        catch (RedisException)
        {
            return false; // not listening yet
        }
    }

    private async Task WaitForOtherMasterAsync(RedisServer old)
    {
        foreach (var sentinel in _sentinels.Where(sentinel => sentinel.IsRunning))
        {
            await Eventually.Async(
                async () => (await sentinel.AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName))[1].AsInteger() != old.TcpEndpoint.Port, "the sentinels name another master", Bound);
        }
    }
}
