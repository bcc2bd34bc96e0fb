using System.Globalization;

namespace Streamgauge.Resp;

/// <summary>A Redis Cluster, of which one connection uses the master that owns the slot of <see cref="RedisEndpoint.RoutingKey"/>.</summary>
/// <remarks>Source: Redis cluster specification, "MOVED Redirection", "Client connections and redirection handling"; CLUSTER SLOTS.</remarks>
public sealed class ClusterTopology(IReadOnlyList<RedisHost> seeds) : RedisTopology(seeds)
{
    internal override string Scheme => "cluster";

    /// <remarks>
    /// READONLY comes where MOVED cannot, for commands without keys. CLUSTERDOWN is what a master says that lost sight of the majority, while
    /// the majority may have another by now. ASK and TRYAGAIN come from the right server, whose slot is on its way: they pass.
    /// </remarks>
    internal override bool IsWrongServer(RedisHost server, RedisReplyException error)
    {
        if (error.Code is not ("MOVED" or "READONLY" or "CLUSTERDOWN" or "MASTERDOWN")) return false;
        Known.Postpone(server);
        if (error.Code == "MOVED" && TargetOf(error.Message, server) is { } target) Known.Prefer(target);
        return true;
    }

    private protected override async Task<RespConnection?> SearchAsync(SearchRound round)
    {
        var key = round.Endpoint.RoutingKey ?? throw new InvalidOperationException($"{round.Endpoint} is a cluster, so RedisEndpoint.RoutingKey must say which key's server is meant: endpoint with {{ RoutingKey = key }}.");
        foreach (var node in Known.InOrder())
        {
            try
            {
                if (await TryConnectAsync(round, node, key) is { } connection) return connection;
            }
            catch (RedisException e)
            {
                Known.Postpone(node);
                round.Add(e);
            }
        }

        return null;
    }

    private async Task<RespConnection?> TryConnectAsync(SearchRound round, RedisHost node, string key)
    {
        var connection = await round.ConnectAsync(node);
        try
        {
            var slots = await ReadSlotsAsync(connection, node, round.CancellationToken);
            Known.Learn(slots.SelectMany(range => range.Items.Skip(2)).Select(member => HostOf(member, node)).OfType<RedisHost>().ToHashSet());
            round.IsWorthWaiting = true;
            var slot = HashSlot.Of(key);
            var range = slots.FirstOrDefault(range => slot >= range[0].AsInteger() && slot <= range[1].AsInteger());
            if (range is null || HostOf(range[2], node) is not { } owner)
                throw new RedisConnectionException($"{node} says that no server owns slot {slot}, that of '{key}'. `redis-cli --cluster check {node}` shows which slots are left, --cluster fix heals them.");

            // Almost always it is the one that was asked, since the last owner is asked first.
            if (owner != node)
            {
                await connection.DisposeAsync();
                connection = await round.ConnectAsync(owner);
            }

            await AskForAsync(connection, key, round.CancellationToken);
            Known.Prefer(owner);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<IReadOnlyList<RespValue>> ReadSlotsAsync(RespConnection connection, RedisHost node, CancellationToken ct)
    {
        try
        {
            return (await connection.ExecuteAsync(["CLUSTER", "SLOTS"], ct)).Items;
        }
        catch (RedisReplyException e) when (e.Code is "ERR" or "NOPERM")
        {
            throw new RedisReplyException(e.Code, $"{node} does not say which server owns which slot: {e.Message}. One server without a cluster is written redis://host:6379; a user needs +cluster|slots.", e);
        }
    }

    /// <summary>Asks the server for the key itself: who asked a stale node, or is cut off with one from the majority, learns it here.</summary>
    private static async Task AskForAsync(RespConnection connection, string key, CancellationToken ct)
    {
        try
        {
            await connection.ExecuteAsync(["EXISTS", key], ct);
        }
        catch (RedisReplyException e) when (e.Code is "ASK" or "TRYAGAIN" or "NOPERM" or "LOADING")
        {
            // It is the right one: the slot is about to leave it, the user may not read, or it starts.
        }
    }

    // [name or address, port, id, metadata]; null for "the one you asked", "?" for one whose name is not known
    private static RedisHost? HostOf(RespValue member, RedisHost asked)
    {
        var name = member[0].Text;
        if (name == "?") return null;
        return new RedisHost(string.IsNullOrEmpty(name) ? asked.Name : name, (int)member[1].AsInteger());
    }

    // MOVED 7365 127.0.0.1:7001 ; the host may be empty, and an IPv6 address has no brackets
    private static RedisHost? TargetOf(string message, RedisHost asked)
    {
        var place = message[(message.LastIndexOf(' ') + 1)..];
        var colon = place.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(place[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return null;
        return new RedisHost(colon == 0 ? asked.Name : place[..colon], port);
    }
}
