namespace Streamgauge.Streams;

/// <summary>Where the keys of a stream live in a cluster, and whether that place is sound.</summary>
internal static class ClusterChecks
{
    public static async Task<Finding> StateAsync(Examination server, CancellationToken cancellationToken)
    {
        if (!await ClusterMap.IsClusterAsync(server, cancellationToken)) return Finding.Ok("no cluster");
        var state = ServerInfo.Parse((await server.ExecuteAsync(["CLUSTER", "INFO"], cancellationToken)).AsText());
        return state.GetValueOrDefault("cluster_state") == "ok"
            ? Finding.Ok($"{state.GetValueOrDefault("cluster_size")} masters, all slots served")
            : Finding.Fail(
                $"cluster_state {state.GetValueOrDefault("cluster_state")}, {state.GetValueOrDefault("cluster_slots_assigned")} of 16384 slots assigned, {state.GetValueOrDefault("cluster_slots_fail")} failing",
                "Redis refuses commands (CLUSTERDOWN). Bring the missing masters back; slots that nobody has are given out by:", server.Repair.Cluster("fix"));
    }

    public static async Task<Finding> SlotAsync(Examination server, CancellationToken cancellationToken)
    {
        if (!await ClusterMap.IsClusterAsync(server, cancellationToken)) return Finding.Ok("no cluster");
        var keys = server.Keys;
        var slots = new HashSet<long>();
        foreach (var key in new[] { keys.Stream, keys.Meta, keys.Aggregates, keys.Dead, keys.Producers, keys.Views, keys.Buckets })
            slots.Add((await server.ExecuteAsync(["CLUSTER", "KEYSLOT", key], cancellationToken)).AsInteger());
        if (slots.Count > 1) return Finding.Fail($"keys in {slots.Count} slots", "One commit cannot reach them all. The stream's name must be a hash tag of its own: choose another with --stream.", repair: null);

        // A node's own line ends in what moves: [1234->-<id of the node it goes to>], [1234-<-<id of the one it comes from>]
        var slot = slots.Single();
        var nodes = (await server.ExecuteAsync(["CLUSTER", "NODES"], cancellationToken)).AsText();
        var isMoving = nodes.Contains($"[{slot}->-", StringComparison.Ordinal) || nodes.Contains($"[{slot}-<-", StringComparison.Ordinal);
        return isMoving
            ? Finding.Warn($"slot {slot} is being moved", "Commits wait while it lasts. If nobody is moving it any more:", server.Repair.Cluster("fix"))
            : Finding.Ok($"all keys in slot {slot}");
    }
}
