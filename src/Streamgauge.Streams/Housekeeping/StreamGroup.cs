using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>The consumer group of a stream: joining, tending, status, leaving. Control plane, a few calls a second at most.</summary>
public sealed class StreamGroup(StreamKeys keys, string group)
{
    public StreamKeys Keys { get; } = keys;

    public string Group { get; } = group;

    /// <summary>Makes sure the group exists. Safe to repeat.</summary>
    public async Task<JoinResult> JoinAsync(RespConnection connection, TimeSpan sessionRetain, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(connection, "sg_join_v1", [Keys.Stream, Keys.Meta, Keys.Aggregates], [Group, Ms(sessionRetain)], cancellationToken);
        var state = reply[0].AsText() switch
        {
            "EXISTING" => GroupState.Existing,
            "CREATED" => GroupState.Created,
            _ => GroupState.Recreated,
        };
        return new JoinResult(state, reply[1].AsText(), reply[2].AsInteger());
    }

    /// <summary>Raises the floor, trims below the low-water mark, forgets idle consumers without pending entries. Safe to repeat.</summary>
    public async Task<TendResult> TendAsync(RespConnection connection, TendOptions options, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(
            connection, "sg_tend_v1", [Keys.Stream, Keys.Meta, Keys.Producers, Keys.Buckets],
            [Group, Ms(options.Retain), options.RetainBytesMax.ToString(), Ms(options.ForgetConsumersAfter), Ms(options.ForgetProducersAfter)], cancellationToken);
        return new TendResult(reply[2].AsInteger(), reply[3].AsInteger(), reply[4].AsInteger(), reply[5].AsInteger());
    }

    /// <summary>Where the group stands.</summary>
    public async Task<GroupStatus> StatusAsync(RespConnection connection, CancellationToken cancellationToken) =>
        GroupStatus.From(await connection.ExecuteAsync(["FCALL_RO", "sg_status_v1", "1", Keys.Stream, Group], cancellationToken));

    /// <summary>What housekeeping should know beyond <see cref="StatusAsync"/>: signs that somebody interfered.</summary>
    public async Task<GroupWatch> WatchAsync(RespConnection connection, CancellationToken cancellationToken) =>
        GroupWatch.From(await connection.ExecuteAsync(["FCALL_RO", "sg_watch_v1", "2", Keys.Stream, Keys.Meta, Group], cancellationToken));

    /// <summary>Entries that wait to be handed out; null when nobody knows, as after a restart of Redis until the group has caught up.</summary>
    public async Task<long?> CountUndeliveredAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["FCALL_RO", "sg_undelivered_v1", "1", Keys.Stream, Group], cancellationToken);
        return reply.IsNull ? null : reply.AsInteger();
    }

    /// <summary>Takes or renews a lease: for work that one process at a time should do, and names that one process should bear.</summary>
    /// <param name="token">Who asks: unique per process.</param>
    /// <param name="length">How long it holds unless renewed; zero gives it back.</param>
    /// <returns>False while somebody else has it.</returns>
    public async Task<bool> LeaseAsync(RespConnection connection, string name, string token, TimeSpan length, CancellationToken cancellationToken) =>
        (await CallAsync(connection, "sg_lease_v1", [Keys.Lease(name)], [token, Ms(length)], cancellationToken)).AsInteger() == 1;

    /// <summary>Forgets a consumer that stops, unless it still holds entries; a peer will take those over.</summary>
    /// <returns>Entries it still holds.</returns>
    public async Task<long> LeaveAsync(RespConnection connection, string consumer, CancellationToken cancellationToken) =>
        (await CallAsync(connection, "sg_leave_v1", [Keys.Stream], [Group, consumer], cancellationToken)).AsInteger();

    private static Task<RespValue> CallAsync(RespConnection connection, string function, string[] callKeys, string[] arguments, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(["FCALL", function, callKeys.Length.ToString(), .. callKeys, .. arguments], cancellationToken);

    private static string Ms(TimeSpan time) => ((long)time.TotalMilliseconds).ToString();
}
