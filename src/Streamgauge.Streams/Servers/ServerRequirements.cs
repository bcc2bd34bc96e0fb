using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>What a Redis must be before we count on it. Checked at every start, because each of these loses counts silently.</summary>
public static class ServerRequirements
{
    internal static readonly Version OldestVersion = new(7, 0);

    /// <summary>Checks version, role and eviction policy.</summary>
    /// <exception cref="ServerUnsuitableException">With one sentence: what is wrong, why it matters, what to do.</exception>
    public static async Task CheckAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var info = ServerInfo.Parse((await connection.ExecuteAsync(["INFO"], cancellationToken)).AsText());
        var version = ServerInfo.VersionOf(info);
        if (version < OldestVersion)
            throw new ServerUnsuitableException($"Redis at {connection.Endpoint} is version {version}, but Streamgauge needs {OldestVersion} or later (Redis Functions): upgrade it, or run `streamgauge up` without --redis to use a private one.");
        if (info.GetValueOrDefault("role") is "slave" or "replica")
            throw new ServerUnsuitableException($"Redis at {connection.Endpoint} is a replica of {info.GetValueOrDefault("master_host")}:{info.GetValueOrDefault("master_port")}, and replicas take no writes: give --redis the master's address.");
        var policy = info.GetValueOrDefault("maxmemory_policy", "noeviction");
        if (policy != "noeviction")
            throw new ServerUnsuitableException($"Redis at {connection.Endpoint} has maxmemory-policy {policy}, which may evict the stream or the counts: run `redis-cli CONFIG SET maxmemory-policy noeviction` (and put it into redis.conf).");
    }
}

/// <summary>This Redis cannot be used; the message says why and what to do.</summary>
public sealed class ServerUnsuitableException(string message) : Exception(message);
