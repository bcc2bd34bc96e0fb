using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>A master, two replicas and three sentinels on 127.0.0.1.</summary>
/// <remarks>
/// Servers and sentinels know each server by the address of a proxy before it, its front: that is the network between them, which can be cut. Clients have
/// a network of their own, see <see cref="Link"/>, which leads past the fronts.
/// </remarks>
internal sealed class SentinelServers : IOwnServers
{
    /// <summary>A master without a replica refuses writes, as docs/cli.md advises.</summary>
    public static readonly OwnServerOptions MinReplicas = new() { Arguments = ["--min-replicas-to-write", "1", "--min-replicas-max-lag", "3"] };

    private const string MasterName = "drill";
    private const int Servers = 3;
    private const int Sentinels = 3;
    private const int Quorum = 2;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly List<(OwnServer Server, Link Front)> _servers = [];
    private readonly List<SentinelProcess> _sentinels = [];
    private readonly string _folder = OwnServer.CreateFolder();

    private SentinelServers(int confirmedBy) => ConfirmedBy = confirmedBy;

    public RedisEndpoint Endpoint => RedisEndpoint.Parse($"redis+sentinel://{string.Join(',', _sentinels.Select(sentinel => sentinel.Host))}/{MasterName}");

    public RedisOptions Options { get; } = new();

    public int ConfirmedBy { get; }

    public IReadOnlyList<ServerNode> Nodes =>
    [
        .. _sentinels.Select(sentinel => new ServerNode(new RedisEndpoint { Host = sentinel.Host.Name, Port = sentinel.Host.Port }, sentinel.Host)),
        .. _servers.Select(node => new ServerNode(node.Server.TcpEndpoint, Name(node.Front))),
    ];

    /// <summary>Starts all of them and waits until everybody knows everybody.</summary>
    public static async Task<SentinelServers> StartAsync(RigSetup setup, OwnServerOptions options, CancellationToken cancellationToken)
    {
        var servers = new SentinelServers(setup.ConfirmedBy);
        try
        {
            await servers.StartAllAsync(options, setup.DownAfter, cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async Task<OwnServer> MasterAsync(CancellationToken cancellationToken) => (await MasterNodeAsync(cancellationToken)).Server;

    /// <summary>All servers that are not the master, dead or alive.</summary>
    public async Task<IReadOnlyList<OwnServer>> ReplicasAsync(CancellationToken cancellationToken)
    {
        var master = await MasterAsync(cancellationToken);
        return [.. _servers.Select(node => node.Server).Where(server => server != master)];
    }

    /// <summary>Waits until the sentinels have made another server the master.</summary>
    /// <exception cref="DrillException">They did not.</exception>
    public Task WaitForOtherMasterAsync(OwnServer old, CancellationToken cancellationToken) =>
        DrillRig.UntilAsync(async () => await MasterAsync(cancellationToken) != old, "the sentinels made a replica the master", Bound, cancellationToken);

    /// <remarks>As an entrypoint does: it asks the sentinels for the master, and follows it when it is another.</remarks>
    public async Task StartAgainAsync(OwnServer server, CancellationToken cancellationToken)
    {
        await server.StartAgainAsync(cancellationToken);
        var master = await MasterNodeAsync(cancellationToken);
        if (master.Server != server) await FollowAsync(server, master.Front, cancellationToken);
    }

    /// <summary>Cuts a server off from all other servers and from the sentinels. Nobody is told.</summary>
    public void Isolate(OwnServer server) => FrontOf(server).Stall();

    /// <summary>Ends <see cref="Isolate"/>. Connections of before are gone, or what stood in them would be heard now as if it were news.</summary>
    public void Reunite(OwnServer server)
    {
        FrontOf(server).Cut();
        FrontOf(server).Heal();
    }

    public async Task HealAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, front) in _servers)
        {
            front.Heal();
            server.Resume();
        }

        foreach (var (server, _) in _servers.Where(node => !node.Server.IsRunning)) await StartAgainAsync(server, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in _sentinels) await sentinel.DisposeAsync(); // first, or they see a disaster and act on it
        foreach (var (server, front) in _servers)
        {
            await server.DisposeAsync();
            await front.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Link FrontOf(OwnServer server) => _servers.Find(node => node.Server == server).Front;

    private static RedisHost Name(Link front) => new(front.Endpoint.Host!, front.Endpoint.Port);

    private async Task StartAllAsync(OwnServerOptions options, TimeSpan downAfter, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Servers; i++)
        {
            var place = new RedisHost("127.0.0.1", FreePorts.Take());
            var front = new Link(new GivenServer(new RedisEndpoint { Host = place.Name, Port = place.Port }, Options), "");
            string[] announced = ["--replica-announce-ip", Name(front).Name, "--replica-announce-port", $"{Name(front).Port}", "--repl-diskless-sync-delay", "0", "--repl-timeout", "10"];
            _servers.Add((await OwnServer.StartAsync(options with { Port = place.Port, Arguments = [.. options.Arguments, .. announced] }, cancellationToken), front));
            if (i > 0) await FollowAsync(_servers[i].Server, _servers[0].Front, cancellationToken);
        }

        foreach (var (server, _) in _servers.Skip(1)) await DrillRig.UntilAsync(() => server.SaysAsync("replication", "master_link_status:up", cancellationToken), "the replicas follow the master", Bound, cancellationToken);
        var name = Name(_servers[0].Front);
        for (var i = 0; i < Sentinels; i++)
        {
            _sentinels.Add(await SentinelProcess.StartAsync(Path.Combine(_folder, $"{i}"),
            [
                $"sentinel monitor {MasterName} {name.Name} {name.Port} {Quorum}", $"sentinel down-after-milliseconds {MasterName} {downAfter.TotalMilliseconds:0}",
                $"sentinel failover-timeout {MasterName} 2000", /* after a vote without a winner they wait twice as long for the next */ $"sentinel parallel-syncs {MasterName} {Servers}",
            ]));
        }

        foreach (var sentinel in _sentinels) await DrillRig.UntilAsync(() => SeesAllAsync(sentinel, cancellationToken), "each sentinel sees all servers and its peers", Bound, cancellationToken);
    }

    private static Task<RespValue> FollowAsync(OwnServer server, Link master, CancellationToken cancellationToken) =>
        server.AskAsync(["REPLICAOF", Name(master).Name, $"{Name(master).Port}"], cancellationToken);

    private async Task<(OwnServer Server, Link Front)> MasterNodeAsync(CancellationToken cancellationToken)
    {
        foreach (var sentinel in _sentinels)
        {
            var reply = await sentinel.AskAsync(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName], cancellationToken);
            var found = _servers.FindIndex(node => !reply.IsNull && Name(node.Front).Port == reply[1].AsInteger());
            if (found >= 0) return _servers[found];
        }

        throw new DrillException($"No sentinel knows the master: {string.Join("; ", _sentinels)}");
    }

    private static async Task<bool> SeesAllAsync(SentinelProcess sentinel, CancellationToken cancellationToken)
    {
        try
        {
            var state = await sentinel.AskAsync(["SENTINEL", "MASTER", MasterName], cancellationToken);
            return state.Get("flags")!.AsText() == "master" && state.Get("num-slaves")!.AsInteger() == Servers - 1 && state.Get("num-other-sentinels")!.AsInteger() == Sentinels - 1;
        }
        catch (RedisException)
        {
            return false; // not listening yet
        }
    }
}
