using System.Diagnostics;
using Streamgauge.Resp;

namespace Streamgauge.TestKit;

/// <summary>A Redis Cluster of one test: three masters with a replica each, real servers on free ports of 127.0.0.1.</summary>
public sealed class ClusterSetup : IAsyncDisposable
{
    private const int Masters = 3;
    private const int NodeTimeoutMs = 1_500;
    private static readonly TimeSpan FailOverGivesUpAfter = TimeSpan.FromSeconds(5.5); // Redis's own limit is 5 s
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private readonly List<Node> _nodes = [];

    private ClusterSetup()
    {
    }

    /// <summary>Slot of the stream <c>events</c>.</summary>
    public static int Slot { get; } = HashSlot.Of("events");

    /// <summary>The address to give to everybody. Its one seed is a master that does not own <see cref="Slot"/> at first.</summary>
    public RedisEndpoint Endpoint => RedisEndpoint.Parse($"redis+cluster://127.0.0.1:{Seed.Port}") with { RoutingKey = "events" };

    private Node Seed => _nodes[(Slot * Masters / HashSlot.Count + 1) % Masters];

    /// <summary>Starts all of them and waits until every slot has a master and every master a replica that follows.</summary>
    public static async Task<ClusterSetup> StartAsync()
    {
        var setup = new ClusterSetup();
        try
        {
            for (var i = 0; i < 2 * Masters; i++) setup._nodes.Add(await StartNodeAsync());
            await setup.JoinAsync();
            return setup;
        }
        catch
        {
            await setup.DisposeAsync();
            throw;
        }
    }

    /// <summary>The master that says it owns the slot.</summary>
    public async Task<RedisServer> OwnerAsync() => (await OwnerNodeAsync()).Server;

    /// <summary>A master that does not own the slot.</summary>
    public async Task<RedisServer> OtherMasterAsync()
    {
        var owner = await OwnerNodeAsync();
        foreach (var node in _nodes)
        {
            if (node != owner && await node.Server.SaysAsync("replication", "role:master")) return node.Server;
        }

        throw new InvalidOperationException("There is no other master.");
    }

    /// <summary>Makes the replica of the slot's master the master, losing nothing: writes wait until it has all.</summary>
    public async Task FailOverAsync()
    {
        var old = await OwnerNodeAsync();
        var replica = await ReplicaOfAsync(old);
        var asked = Stopwatch.StartNew();
        await replica.Server.AskAsync("CLUSTER", "FAILOVER");
        await Eventually.Async(
            async () =>
            {
                if (await OwnsAsync(replica)) return await old.Server.SaysAsync("replication", "role:slave", "master_link_status:up");
                if (asked.Elapsed < FailOverGivesUpAfter) return false;
                asked.Restart();
                await replica.Server.AskAsync("CLUSTER", "FAILOVER");
                return false;
            },
            "the replica took over and the old master follows it",
            Bound);
    }

    /// <summary>SIGKILL for the slot's master, once its replica has all: nobody may write meanwhile. Returns when its replica has taken over everywhere.</summary>
    public async Task KillOwnerAsync()
    {
        var owner = await OwnerNodeAsync();
        await owner.Server.WaitForReplicasAsync(1);
        await KillAsync(owner);
    }

    /// <summary>SIGKILL for the only server the address names. Returns when its replica has taken over everywhere.</summary>
    public Task KillSeedAsync() => KillAsync(Seed);

    /// <summary>Moves the slot and its keys, one key at a time and with a pause before each, to a master.</summary>
    /// <returns>Keys moved.</returns>
    public async Task<int> MoveSlotAsync(RedisServer to, TimeSpan pause)
    {
        var source = await OwnerNodeAsync();
        var target = _nodes.Find(node => node.Server == to)!;
        var text = Slot.ToString();
        await target.Server.AskAsync("CLUSTER", "SETSLOT", text, "IMPORTING", source.Id);
        await source.Server.AskAsync("CLUSTER", "SETSLOT", text, "MIGRATING", target.Id);
        var moved = 0;
        while ((await source.Server.AskAsync("CLUSTER", "GETKEYSINSLOT", text, "1")).Items is [{ } key])
        {
            await Task.Delay(pause);
            await source.Server.AskAsync("MIGRATE", "127.0.0.1", target.Port.ToString(), key.AsText(), "0", "5000");
            moved++;
        }

        // The target first: from then on the slot has an owner whatever happens.
        await target.Server.AskAsync("CLUSTER", "SETSLOT", text, "NODE", target.Id);
        await source.Server.AskAsync("CLUSTER", "SETSLOT", text, "NODE", target.Id);
        return moved;
    }

    public ValueTask DisposeAsync() => new(Servers.DisposeAllAsync(_nodes.Select(node => node.Server)));

    private static async Task<Node> StartNodeAsync()
    {
        var bus = FreePort.Take();
        var server = await RedisServer.StartAsync(new RedisServerOptions
        {
            UseTcp = true,
            Arguments =
            [
                "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port", bus.ToString(), "--cluster-node-timeout", NodeTimeoutMs.ToString(),
                "--cluster-replica-validity-factor", "0", "--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0",
            ],
        });
        return new Node(server, (await server.AskAsync("CLUSTER", "MYID")).AsText(), bus);
    }

    private async Task JoinAsync()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            await _nodes[i].Server.AskAsync("CLUSTER", "SET-CONFIG-EPOCH", (i + 1).ToString());
            if (i < Masters) await _nodes[i].Server.AskAsync("CLUSTER", "ADDSLOTSRANGE", (HashSlot.Count * i / Masters).ToString(), (HashSlot.Count * (i + 1) / Masters - 1).ToString());
        }

        foreach (var node in _nodes.Skip(1)) await _nodes[0].Server.AskAsync("CLUSTER", "MEET", "127.0.0.1", node.Port.ToString(), node.BusPort.ToString());
        foreach (var node in _nodes) await Eventually.Async(() => KnowsAllAsync(node), "the nodes know each other", Bound);
        for (var i = 0; i < Masters; i++) await _nodes[Masters + i].Server.AskAsync("CLUSTER", "REPLICATE", _nodes[i].Id);
        foreach (var node in _nodes.Skip(Masters)) await Eventually.Async(() => node.Server.SaysAsync("replication", "role:slave", "master_link_status:up"), "the replica follows", Bound);
        foreach (var node in _nodes) await Eventually.Async(() => IsWholeAsync(node), "the cluster is whole", Bound);
    }

    private async Task KillAsync(Node victim)
    {
        var replica = await ReplicaOfAsync(victim);
        victim.Server.Kill();
        await Eventually.Async(() => replica.Server.SaysAsync("replication", "role:master"), "the replica takes over", Bound);
        foreach (var node in _nodes.Where(node => node.Server.IsRunning)) await Eventually.Async(() => IsWholeAsync(node), "the cluster is whole again", Bound);
    }

    private async Task<bool> KnowsAllAsync(Node node)
    {
        var lines = (await node.Server.AskAsync("CLUSTER", "NODES")).AsText().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == _nodes.Count && !lines.Any(line => line.Contains("handshake", StringComparison.Ordinal) || line.Contains("fail", StringComparison.Ordinal));
    }

    private static async Task<bool> IsWholeAsync(Node node) =>
        (await node.Server.AskAsync("CLUSTER", "INFO")).AsText().Split("\r\n").Contains("cluster_state:ok");

    private async Task<Node> OwnerNodeAsync()
    {
        foreach (var node in _nodes)
        {
            if (await OwnsAsync(node)) return node;
        }

        throw new InvalidOperationException($"No server says that it owns slot {Slot}.");
    }

    private static async Task<bool> OwnsAsync(Node node)
    {
        try
        {
            var slots = (await node.Server.AskAsync("CLUSTER", "SLOTS")).Items;
            return slots.Any(range => Slot >= range[0].AsInteger() && Slot <= range[1].AsInteger() && range[2][2].AsText() == node.Id);
        }
        catch (RedisException)
        {
            return false; // killed
        }
    }

    private async Task<Node> ReplicaOfAsync(Node master)
    {
        foreach (var node in _nodes.Where(node => node != master))
        {
            if (await node.Server.SaysAsync("replication", "role:slave", $"master_port:{master.Port}")) return node;
        }

        throw new InvalidOperationException($"The master at port {master.Port} has no replica.");
    }

    private sealed record Node(RedisServer Server, string Id, int BusPort)
    {
        public int Port => Server.TcpEndpoint.Port;
    }
}
