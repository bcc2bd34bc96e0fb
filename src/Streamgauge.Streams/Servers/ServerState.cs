using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>What a server says of itself in <c>INFO</c>.</summary>
public sealed class ServerState
{
    private readonly Dictionary<string, string> _info;

    private ServerState(RespConnection connection, string info)
    {
        Endpoint = connection.Endpoint;
        IsFound = connection.Topology is not null;
        _info = ServerInfo.Parse(info);
    }

    public RedisEndpoint Endpoint { get; }

    /// <summary>Whether it was found behind an address of sentinels or of a cluster, so that connecting again may find another.</summary>
    public bool IsFound { get; }

    /// <summary>0.0 when it names none.</summary>
    public Version Version => ServerInfo.VersionOf(_info);

    public bool IsReplica => Text("role") is "slave" or "replica";

    /// <summary>Host and port of a replica's master.</summary>
    public string Master => $"{Text("master_host")}:{Text("master_port")}";

    /// <summary><c>noeviction</c>, <c>allkeys-lru</c>, …</summary>
    public string EvictionPolicy => Text("maxmemory_policy") ?? "noeviction";

    /// <summary>Keys evicted since the server started.</summary>
    public long EvictedKeys => Number("evicted_keys");

    /// <summary>Memory that counts against <see cref="MemoryBytesMax"/>, bytes.</summary>
    public long MemoryBytes => Number("used_memory");

    /// <summary><c>maxmemory</c> in bytes; 0 for no limit.</summary>
    public long MemoryBytesMax => Number("maxmemory");

    /// <summary>When the server started, by its own clock.</summary>
    public DateTimeOffset StartedAt => DateTimeOffset.FromUnixTimeMilliseconds((Number("server_time_usec") / 1000) - (Number("uptime_in_seconds") * 1000));

    /// <summary>Whether everything is written to an append-only file.</summary>
    public bool HasAppendOnlyFile => Number("aof_enabled") == 1;

    /// <summary>Whether the last write to the append-only file succeeded; while it did not, Redis refuses writes.</summary>
    public bool AppendOnlyWrites => IsOk("aof_last_write_status");

    /// <summary>Whether the append-only file could be rewritten the last time; while it cannot, it grows.</summary>
    public bool AppendOnlyRewrites => IsOk("aof_last_bgrewrite_status");

    /// <summary>Whether the last snapshot to disk succeeded.</summary>
    public bool Snapshots => IsOk("rdb_last_bgsave_status");

    /// <summary>Connections of clients, ours among them.</summary>
    public long Clients => Number("connected_clients");

    /// <summary><c>maxclients</c>.</summary>
    public long ClientsMax => Number("maxclients");

    /// <summary>Clients turned away because of it, since the server started.</summary>
    public long ClientsRejected => Number("rejected_connections");

    /// <summary>Commands processed since the server started.</summary>
    public long Commands => Number("total_commands_processed");

    /// <summary>Replicas that are connected.</summary>
    public long Replicas => Number("connected_slaves");

    /// <exception cref="RedisException">It cannot be asked.</exception>
    public static async Task<ServerState> ReadAsync(RespConnection connection, CancellationToken cancellationToken) =>
        new(connection, (await connection.ExecuteAsync(["INFO"], cancellationToken)).AsText());

    private bool IsOk(string name) => Text(name) is null or "ok";

    private string? Text(string name) => _info.GetValueOrDefault(name);

    private long Number(string name) => long.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
