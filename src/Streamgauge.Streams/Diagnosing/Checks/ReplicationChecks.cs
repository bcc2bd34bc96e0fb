namespace Streamgauge.Streams;

/// <summary>Replicas, where there are some: do they keep up, and does a master without them stop accepting.</summary>
internal static class ReplicationChecks
{
    private const long LagSecondsMax = 10;

    public static async Task<Finding> ReplicasAsync(Examination server, CancellationToken cancellationToken)
    {
        var count = await server.InfoNumberAsync("connected_slaves", cancellationToken);
        if (count == 0) return Finding.Ok("none");
        var behind = new List<string>();
        for (var i = 0; i < count; i++)
        {
            // slave0:ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0
            var fields = (await server.InfoAsync($"slave{i}", cancellationToken)).Split(',').Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            var lag = Examination.Number(fields.GetValueOrDefault("lag"));
            var state = fields.GetValueOrDefault("state", "");
            if (state != "online" || lag > LagSecondsMax) behind.Add($"{fields.GetValueOrDefault("ip")}:{fields.GetValueOrDefault("port")} ({(state == "online" ? $"{lag} s behind" : state)})");
        }

        return behind.Count == 0
            ? Finding.Ok($"{count} connected, all keep up")
            : Finding.Warn($"{behind.Count} of {count} do not keep up: {string.Join(", ", behind)}", "A failover to one of them loses what it has not received. See what each of them says:", server.Repair.Redis("INFO", "replication"));
    }

    public static async Task<Finding> MinReplicasAsync(Examination server, CancellationToken cancellationToken)
    {
        var count = await server.InfoNumberAsync("connected_slaves", cancellationToken);
        var wanted = await server.ConfigNumberAsync("min-replicas-to-write", cancellationToken);
        if (wanted == 0)
        {
            return count == 0
                ? Finding.Ok("no replicas, none wanted")
                : Finding.Warn("min-replicas-to-write 0", "A master that was cut off goes on accepting events that the failover throws away. With 1, it refuses them to their senders instead.", server.Repair.Config("min-replicas-to-write", "1", "min-replicas-max-lag", "3"));
        }

        var good = await server.InfoNumberAsync("min_slaves_good_slaves", cancellationToken);
        return good >= wanted
            ? Finding.Ok($"{good} good replicas, {wanted} wanted")
            : Finding.Fail($"{good} good replicas, {wanted} wanted", "Redis refuses every write (NOREPLICAS) until a replica is back. Bring one back; or, knowing that a failover may then lose events:", server.Repair.Config("min-replicas-to-write", "0"));
    }
}
