using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>The masters of a cluster, and which of them has the stream. Plain connections: every node tells of all.</summary>
/// <param name="Masters">The master with the stream first; one place for a server that is no cluster.</param>
internal sealed record ClusterMap(bool IsCluster, IReadOnlyList<RedisEndpoint> Masters)
{
    private const int MastersMax = 200;

    public static async Task<bool> IsClusterAsync(Examination server, CancellationToken cancellationToken) => await server.InfoAsync("cluster_enabled", cancellationToken) == "1";

    /// <summary>Asks a node that answers. Without the permission to ask, that node alone is examined.</summary>
    public static async Task<ClusterMap> ReadAsync(Examination server, CancellationToken cancellationToken)
    {
        var alone = new ClusterMap(IsCluster: false, [server.Endpoint]);
        try
        {
            if (!await IsClusterAsync(server, cancellationToken)) return alone;
            var slot = (await server.ExecuteAsync(["CLUSTER", "KEYSLOT", server.Keys.Stream], cancellationToken)).AsInteger();
            var ranges = await server.ExecuteAsync(["CLUSTER", "SLOTS"], cancellationToken);

            // [first slot, last slot, [master's address, port, id, …], [replica …] …] …
            var masters = ranges.Items
                .OrderByDescending(range => range[0].AsInteger() <= slot && slot <= range[1].AsInteger())
                .Select(range => At(server.Endpoint, range[2][0].Text, range[2][1].AsInteger()))
                .Distinct()
                .Take(MastersMax)
                .ToList();
            return masters.Count == 0 ? alone : new ClusterMap(IsCluster: true, masters);
        }
        catch (RedisReplyException)
        {
            return alone;
        }
    }

    /// <summary>Name of a node in findings.</summary>
    public static string Name(RedisEndpoint endpoint) => endpoint.SocketPath ?? string.Create(CultureInfo.InvariantCulture, $"{endpoint.Host}:{endpoint.Port}");

    // A node that does not know its own address says none: it is the one that was asked.
    private static RedisEndpoint At(RedisEndpoint asked, string? host, long port) =>
        string.IsNullOrEmpty(host) || host == "?" ? asked : asked with { Host = host, Port = (int)port, SocketPath = null };
}
