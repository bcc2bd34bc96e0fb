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

    /// <exception cref="RedisException">It cannot be asked.</exception>
    public static async Task<ServerState> ReadAsync(RespConnection connection, CancellationToken cancellationToken) =>
        new(connection, (await connection.ExecuteAsync(["INFO"], cancellationToken)).AsText());

    private string? Text(string name) => _info.GetValueOrDefault(name);

    private long Number(string name) => long.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
