using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>A Redis Cluster on 127.0.0.1: three masters with a replica each.</summary>
internal sealed class ClusterServers : IOwnServers
{
    private const int Masters = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FailOverGivesUpAfter = TimeSpan.FromSeconds(5.5); // Redis's own limit is 5 s
    private readonly List<Node> _nodes = [];
    private readonly string _stream;
    private readonly int _slot;

    private ClusterServers(string stream, int confirmedBy)
    {
        _stream = stream;
        _slot = HashSlot.Of(stream);
        ConfirmedBy = confirmedBy;
    }

    public RedisEndpoint Endpoint => RedisEndpoint.Parse($"redis+cluster://{string.Join(',', _nodes.Select(node => node.Host))}") with { RoutingKey = _stream };

    public RedisOptions Options { get; } = new();

    public int ConfirmedBy { get; }

    public IReadOnlyList<ServerNode> Nodes => [.. _nodes.Select(node => new ServerNode(node.Server.TcpEndpoint, node.Host))];

    /// <summary>Starts all of them and waits until every slot has a master and every master a replica that follows.</summary>
    /// <param name="stream">The stream whose slot is meant by all that follows.</param>
    public static async Task<ClusterServers> StartAsync(string stream, RigSetup setup, OwnServerOptions options, CancellationToken cancellationToken)
    {
        var servers = new ClusterServers(stream, setup.ConfirmedBy);
        try
        {
            for (var i = 0; i < 2 * Masters; i++) servers._nodes.Add(await StartNodeAsync(options, setup.DownAfter, cancellationToken));
            await servers.JoinAsync(cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async Task<OwnServer> MasterAsync(CancellationToken cancellationToken) => (await OwnerAsync(cancellationToken)).Server;

    /// <remarks>It knows its place: nodes.conf says whom it followed, and the others tell it who took over.</remarks>
    public Task StartAgainAsync(OwnServer server, CancellationToken cancellationToken) => server.StartAgainAsync(cancellationToken);

    public async Task HealAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes) await node.Server.HealAsync(cancellationToken);
    }

    /// <summary>Waits until another server owns the slot, and everybody who lives agrees on all slots.</summary>
    /// <exception cref="DrillException">It did not come to that.</exception>
    public async Task WaitForOtherOwnerAsync(OwnServer old, CancellationToken cancellationToken)
    {
        await DrillRig.UntilAsync(async () => await TryFindOwnerAsync(old, cancellationToken) is not null, "the replica took over", Bound, cancellationToken);
        foreach (var node in _nodes.Where(node => node.Server.IsRunning)) await DrillRig.UntilAsync(() => IsWholeAsync(node, cancellationToken), "the cluster is whole again", Bound, cancellationToken);
    }

    /// <summary>CLUSTER FAILOVER: the replica of the slot's master takes over from it while it lives; writes wait until it has all.</summary>
    public async Task FailOverAsync(CancellationToken cancellationToken)
    {
        var old = await OwnerAsync(cancellationToken);
        var replica = await ReplicaOfAsync(old, cancellationToken);
        long? asked = null;
        await DrillRig.UntilAsync(
            async () =>
            {
                if (await OwnsAsync(replica, cancellationToken)) return true;
                if (asked is { } at && Environment.TickCount64 - at < FailOverGivesUpAfter.TotalMilliseconds) return false;
                asked = Environment.TickCount64;
                await replica.Server.AskAsync(["CLUSTER", "FAILOVER"], cancellationToken);
                return false;
            },
            "the replica took over on request",
            Bound,
            cancellationToken);
    }

    /// <summary>Moves the slot and its keys, one key at a time and with a pause before each, to another master.</summary>
    /// <returns>Keys moved.</returns>
    public async Task<int> MoveSlotAsync(OwnServer to, TimeSpan pause, CancellationToken cancellationToken)
    {
        var source = await OwnerAsync(cancellationToken);
        var target = _nodes.Find(node => node.Server == to)!;
        var slot = _slot.ToString(CultureInfo.InvariantCulture);
        await target.Server.AskAsync(["CLUSTER", "SETSLOT", slot, "IMPORTING", source.Id], cancellationToken);
        await source.Server.AskAsync(["CLUSTER", "SETSLOT", slot, "MIGRATING", target.Id], cancellationToken);
        var moved = 0;
        while ((await source.Server.AskAsync(["CLUSTER", "GETKEYSINSLOT", slot, "1"], cancellationToken)).Items is [{ } key])
        {
            await Task.Delay(pause, cancellationToken);
            await source.Server.AskAsync(["MIGRATE", target.Host.Name, $"{target.Host.Port}", key.AsText(), "0", "5000"], cancellationToken);
            moved++;
        }

        // The target first: from then on the slot has an owner whatever happens.
        await target.Server.AskAsync(["CLUSTER", "SETSLOT", slot, "NODE", target.Id], cancellationToken);
        await source.Server.AskAsync(["CLUSTER", "SETSLOT", slot, "NODE", target.Id], cancellationToken);
        return moved;
    }

    /// <summary>A master that does not own the slot.</summary>
    public async Task<OwnServer> OtherMasterAsync(CancellationToken cancellationToken)
    {
        var owner = await OwnerAsync(cancellationToken);
        foreach (var node in _nodes.Where(node => node != owner))
        {
            if (await node.Server.SaysAsync("replication", "role:master", cancellationToken)) return node.Server;
        }

        throw new DrillException("The cluster has no other master.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.Server.DisposeAsync();
    }

    private static async Task<Node> StartNodeAsync(OwnServerOptions options, TimeSpan downAfter, CancellationToken cancellationToken)
    {
        var host = new RedisHost("127.0.0.1", FreePorts.Take());
        string[] member =
        [
            "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port", $"{FreePorts.Take()}", "--cluster-node-timeout", $"{downAfter.TotalMilliseconds:0}",
            "--cluster-replica-validity-factor", "0", "--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0",
        ];
        var server = await OwnServer.StartAsync(options with { Port = host.Port, Arguments = [.. options.Arguments, .. member] }, cancellationToken);
        return new Node(server, host, (await server.AskAsync(["CLUSTER", "MYID"], cancellationToken)).AsText(), member[5]);
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            await _nodes[i].Server.AskAsync(["CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}"], cancellationToken);
            if (i < Masters) await _nodes[i].Server.AskAsync(["CLUSTER", "ADDSLOTSRANGE", $"{HashSlot.Count * i / Masters}", $"{HashSlot.Count * (i + 1) / Masters - 1}"], cancellationToken);
            if (i > 0) await _nodes[0].Server.AskAsync(["CLUSTER", "MEET", _nodes[i].Host.Name, $"{_nodes[i].Host.Port}", _nodes[i].BusPort], cancellationToken);
        }

        foreach (var node in _nodes) await DrillRig.UntilAsync(() => KnowsAllAsync(node, cancellationToken), "the nodes know each other", Bound, cancellationToken);
        for (var i = 0; i < Masters; i++) await _nodes[Masters + i].Server.AskAsync(["CLUSTER", "REPLICATE", _nodes[i].Id], cancellationToken);
        foreach (var node in _nodes.Skip(Masters)) await DrillRig.UntilAsync(() => node.Server.SaysAsync("replication", "master_link_status:up", cancellationToken), "the replicas follow", Bound, cancellationToken);
        foreach (var node in _nodes) await DrillRig.UntilAsync(() => IsWholeAsync(node, cancellationToken), "the cluster is whole", Bound, cancellationToken);
    }

    private async Task<bool> KnowsAllAsync(Node node, CancellationToken cancellationToken)
    {
        var lines = (await node.Server.AskAsync(["CLUSTER", "NODES"], cancellationToken)).AsText().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == _nodes.Count && !lines.Any(line => line.Contains("handshake", StringComparison.Ordinal) || line.Contains("fail", StringComparison.Ordinal));
    }

    private static async Task<bool> IsWholeAsync(Node node, CancellationToken cancellationToken) =>
        (await node.Server.AskAsync(["CLUSTER", "INFO"], cancellationToken)).AsText().Split("\r\n").Contains("cluster_state:ok");

    private async Task<Node> OwnerAsync(CancellationToken cancellationToken) =>
        await TryFindOwnerAsync(except: null, cancellationToken) ?? throw new DrillException($"No server says that it owns slot {_slot}.");

    private async Task<Node?> TryFindOwnerAsync(OwnServer? except, CancellationToken cancellationToken)
    {
        foreach (var node in _nodes.Where(node => node.Server != except))
        {
            if (await OwnsAsync(node, cancellationToken)) return node;
        }

        return null;
    }

    private async Task<bool> OwnsAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            var slots = (await node.Server.AskAsync(["CLUSTER", "SLOTS"], cancellationToken)).Items;
            return slots.Any(range => _slot >= range[0].AsInteger() && _slot <= range[1].AsInteger() && range[2][2].AsText() == node.Id);
        }
        catch (RedisException)
        {
            return false; // killed
        }
    }

    private async Task<Node> ReplicaOfAsync(Node master, CancellationToken cancellationToken)
    {
        foreach (var node in _nodes.Where(node => node != master))
        {
            if (await node.Server.SaysAsync("replication", $"master_port:{master.Host.Port}", cancellationToken)) return node;
        }

        throw new DrillException($"The master at {master.Host} has no replica.");
    }

    private sealed record Node(OwnServer Server, RedisHost Host, string Id, string BusPort);
}
