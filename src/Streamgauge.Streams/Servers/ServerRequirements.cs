using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>What a Redis must be before we count on it, because each of these loses counts silently.</summary>
public static class ServerRequirements
{
    internal static readonly Version OldestVersion = new(7, 0);

    /// <summary>Checks version, role and eviction policy. For a start: who starts us can still choose another server.</summary>
    /// <exception cref="ServerUnsuitableException">With one sentence: what is wrong, why it matters, what to do.</exception>
    /// <exception cref="RedisException">Transient: the server became a replica since it was found behind its address.</exception>
    public static async Task CheckAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var state = await ServerState.ReadAsync(connection, cancellationToken);
        ThrowIfUnusable(state);
        if (DescribeEviction(state) is { } problem) throw new ServerUnsuitableException(Conditions.EvictionPolicy, problem);
    }

    /// <summary>Checks version and role: what makes writing impossible at any time.</summary>
    /// <remarks>
    /// Not the eviction policy. Redis evicts only when it is full, and a processor that stood still would let the stream grow to there;
    /// one that goes on trims it. So a policy changed under way is said loudly (<see cref="Conditions.EvictionPolicy"/>), and counting goes on.
    /// </remarks>
    /// <inheritdoc cref="CheckAsync" path="/exception"/>
    public static void ThrowIfUnusable(ServerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Version < OldestVersion)
            throw new ServerUnsuitableException(Conditions.OldVersion, $"Redis at {state.Endpoint} is version {state.Version}, but Streamgauge needs {OldestVersion} or later (Redis Functions): upgrade it, or run `streamgauge up` without --redis to use a private one.");
        if (state.IsReplica && state.IsFound)
            throw new RedisConnectionException($"Redis at {state.Endpoint} became a replica a moment ago; connecting again finds the new master.");
        if (state.IsReplica)
            throw new ServerUnsuitableException(Conditions.ReadOnly, $"Redis at {state.Endpoint} is a replica of {state.Master}, and replicas take no writes: give --redis the master's address.");
    }

    /// <summary>What is wrong with the eviction policy; null when nothing is.</summary>
    public static string? DescribeEviction(ServerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.EvictionPolicy == "noeviction" ? null
            : $"Redis at {state.Endpoint} has maxmemory-policy {state.EvictionPolicy}, which may evict the stream or the counts: run `redis-cli CONFIG SET maxmemory-policy noeviction` (and put it into redis.conf).";
    }
}

/// <summary>This Redis cannot be used; the message says why and what to do.</summary>
public sealed class ServerUnsuitableException(Condition condition, string message) : Exception(message)
{
    public Condition Condition { get; } = condition;
}
