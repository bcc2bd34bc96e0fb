using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Whether a server gives the durability asked for. Asked at every connect: a failover or a <c>CONFIG SET</c> may have changed it.</summary>
public static class DurabilityCheck
{
    private static readonly Version WaitAofVersion = new(7, 2);

    /// <summary>Checks, and says how sends are to be confirmed.</summary>
    /// <exception cref="ServerUnsuitableException">With one sentence: what is missing, why it matters, what to do.</exception>
    public static async Task<DurabilityTerms> CheckAsync(RespConnection connection, DurabilityLevel level, int replicas, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (level == DurabilityLevel.Memory) return default;
        var info = ServerInfo.Parse((await connection.ExecuteAsync(["INFO"], cancellationToken)).AsText());
        var hasFile = info.GetValueOrDefault("aof_enabled") == "1";
        if (level == DurabilityLevel.Replicated)
        {
            var connected = int.TryParse(info.GetValueOrDefault("connected_slaves"), out var count) ? count : 0;
            if (connected < replicas)
                throw new ServerUnsuitableException(Conditions.NotDurable, $"Redis at {connection.Endpoint} has {connected} replicas connected, but --durability replicated waits for {replicas}: attach replicas (`replicaof`), or ask for fewer with --replicas.");
            return new DurabilityTerms(OnDisk: hasFile && ServerInfo.VersionOf(info) >= WaitAofVersion, replicas);
        }

        var name = level == DurabilityLevel.Always ? "always" : "everysec";
        if (!hasFile)
            throw new ServerUnsuitableException(Conditions.NotDurable, $"Redis at {connection.Endpoint} keeps no append-only file, so --durability {name} cannot be had: run `redis-cli CONFIG SET appendonly yes appendfsync {name}` (and put both into redis.conf), or ask for --durability memory.");
        if (await SettingsAsync(connection, cancellationToken) is not { } settings)
            return new DurabilityTerms { Unchecked = $"whether appendfsync is {name} could not be checked, as CONFIG is not permitted: allow it with `ACL SETUSER <user> +config|get`, or see to it that the server has it" };
        var fsync = settings.GetValueOrDefault("appendfsync");
        if (fsync != "always" && fsync != name)
            throw new ServerUnsuitableException(Conditions.NotDurable, $"Redis at {connection.Endpoint} has appendfsync {fsync}, which is less than --durability {name}: run `redis-cli CONFIG SET appendfsync {name}` (and put it into redis.conf), or ask for less.");
        if (settings.GetValueOrDefault("no-appendfsync-on-rewrite") == "yes")
            throw new ServerUnsuitableException(Conditions.NotDurable, $"Redis at {connection.Endpoint} has no-appendfsync-on-rewrite yes, so nothing reaches its disk for sure while the file is rewritten, and --durability {name} cannot be had: run `redis-cli CONFIG SET no-appendfsync-on-rewrite no`.");
        return default;
    }

    /// <summary>Null where CONFIG is not permitted, or not known, as with managed services.</summary>
    private static async Task<Dictionary<string, string>?> SettingsAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await connection.ExecuteAsync(["CONFIG", "GET", "*append*"], cancellationToken);
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i + 1 < reply.Items.Count; i += 2) settings[reply[i].AsText()] = reply[i + 1].AsText();
            return settings.ContainsKey("appendfsync") ? settings : null;
        }
        catch (RedisReplyException e) when (e.Code is "NOPERM" or "ERR")
        {
            return null;
        }
    }
}

/// <summary>How sends are confirmed on one connection.</summary>
/// <param name="OnDisk">Whether replicas confirm with their disks (<c>WAITAOF</c>) rather than with their memory (<c>WAIT</c>).</param>
/// <param name="Replicas">Replicas that have to confirm; 0 when Redis's own reply is enough.</param>
public readonly record struct DurabilityTerms(bool OnDisk, int Replicas)
{
    /// <summary>What could not be checked; null when everything was.</summary>
    public string? Unchecked { get; init; }
}
