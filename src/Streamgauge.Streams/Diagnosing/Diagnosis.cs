using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Examines a Redis and a stream on it. Read-only and bounded: it may run beside full load at any time.</summary>
public static class Diagnosis
{
    private static readonly Check Reachable = Check.One("server.reachable", ServerChecks.ReachableAsync);

    /// <summary>Of every master.</summary>
    internal static IReadOnlyList<Check> OfServer { get; } =
    [
        Reachable,
        Check.One("server.version", ServerChecks.VersionAsync),
        Check.One("server.role", ServerChecks.RoleAsync),
        Check.One("server.clock", ServerChecks.ClockAsync),
        Check.One("server.slow_calls", ServerChecks.SlowCallsAsync),
        Check.One("server.idle_timeout", ServerChecks.IdleTimeoutAsync),
        Check.One("server.keepalive", ServerChecks.KeepAliveAsync),
        Check.One("server.busy_threshold", ServerChecks.BusyThresholdAsync),
        Check.One("server.output_buffer", ServerChecks.OutputBufferAsync),
        Check.One("memory.eviction", MemoryChecks.EvictionAsync),
        Check.One("memory.bound", MemoryChecks.BoundAsync),
        Check.One("memory.used", MemoryChecks.UsedAsync),
        Check.One("memory.fragmentation", MemoryChecks.FragmentationAsync),
        Check.One("memory.client_eviction", MemoryChecks.ClientEvictionAsync),
        Check.One("persistence.append_only", PersistenceChecks.AppendOnlyAsync),
        Check.One("persistence.fsync", PersistenceChecks.FsyncAsync),
        Check.One("persistence.writes", PersistenceChecks.AppendOnlyWritesAsync),
        Check.One("persistence.torn_file", PersistenceChecks.TornFileAsync),
        Check.One("persistence.snapshot", PersistenceChecks.SnapshotAsync),
        Check.One("replication.replicas", ReplicationChecks.ReplicasAsync),
        Check.One("replication.min_replicas", ReplicationChecks.MinReplicasAsync),
        Check.One("security.exposure", SecurityChecks.ExposureAsync),
        Check.One("security.encryption", SecurityChecks.EncryptionAsync),
        Check.One("permissions.sender", (server, ct) => RolePermissions.LookAsync(server, "a sender", RolePermissions.Sender(server.Keys), ct)),
        Check.One("permissions.processor", (server, ct) => RolePermissions.LookAsync(server, "a processor", RolePermissions.Processor(server.Keys), ct)),
        Check.One("permissions.api", (server, ct) => RolePermissions.LookAsync(server, "the API", RolePermissions.Api(server.Keys), ct)),
        Check.One("library.revision", LibraryChecks.RevisionAsync),
        Check.One("cluster.state", ClusterChecks.StateAsync),
    ];

    /// <summary>Of the master that has the stream.</summary>
    internal static IReadOnlyList<Check> OfStream { get; } =
    [
        Check.One("library.latency", LibraryChecks.LatencyAsync),
        Check.One("cluster.slot", ClusterChecks.SlotAsync),
        Check.One("stream.type", StreamChecks.TypeAsync),
        new("stream.companions", StreamChecks.CompanionsAsync),
        Check.One("stream.ids", StreamChecks.IdsAsync),
        Check.One("stream.size", StreamChecks.SizeAsync),
        Check.One("stream.trimming", StreamChecks.TrimmingAsync),
        new("stream.foreign_groups", GroupChecks.ForeignAsync),
        Check.One("group.exists", GroupChecks.ExistsAsync),
        Check.One("group.position", GroupChecks.PositionAsync),
        Check.One("group.consumers", GroupChecks.ConsumersAsync),
        Check.One("group.pending", GroupChecks.PendingAsync),
        Check.One("group.lag", GroupChecks.LagAsync),
        Check.One("books.lost", BooksChecks.LostAsync),
        Check.One("books.refused", BooksChecks.RefusedAsync),
        Check.One("books.residue", BooksChecks.ResidueAsync),
        Check.One("books.dead_letters", BooksChecks.DeadLettersAsync),
        Check.One("views.catalog", ViewChecks.CatalogAsync),
        Check.One("views.rebuild", ViewChecks.RebuildAsync),
    ];

    /// <summary>Runs every check: of each master's server, then of the stream where it lives.</summary>
    /// <returns>Findings in the order of the checks; of a server that does not answer, that alone.</returns>
    public static async Task<IReadOnlyList<Finding>> RunAsync(DiagnosisOptions options, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        ClusterMap map;
        await using (var first = new Examination(options, options.Redis))
        {
            findings.AddRange(await LookAsync(Reachable, first, node: null, cancellationToken));
            if (!first.IsConnected) return findings;
            map = await ClusterMap.ReadAsync(first, cancellationToken);
        }

        findings.Clear(); // of each master it is asked again
        foreach (var master in map.Masters)
        {
            var node = map.IsCluster ? ClusterMap.Name(master) : null;
            await using var server = new Examination(options, master);
            findings.AddRange(await LookAsync(Reachable, server, node, cancellationToken));
            if (!server.IsConnected) continue;
            foreach (var check in OfServer.Skip(1)) findings.AddRange(await LookAsync(check, server, node, cancellationToken));
            if (master != map.Masters[0]) continue;
            foreach (var check in OfStream) findings.AddRange(await LookAsync(check, server, node, cancellationToken));
        }

        return findings;
    }

    private static async Task<IEnumerable<Finding>> LookAsync(Check check, Examination server, string? node, CancellationToken cancellationToken)
    {
        IReadOnlyList<Finding> seen;
        try
        {
            seen = await check.LookAsync(server, cancellationToken);
        }
        catch (RedisReplyException e)
        {
            seen = [RolePermissions.Explain(e, server) ?? Finding.Unknown("could not be looked at", e.Message)];
        }
        catch (Exception e) when (e is RedisException or FormatException)
        {
            seen = [Finding.Unknown("could not be looked at", e.Message)];
        }

        return seen.Select(finding => finding with { Check = check.Id, Node = node });
    }
}
