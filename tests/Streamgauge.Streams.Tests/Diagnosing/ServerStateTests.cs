using System.Net;
using System.Net.Sockets;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests;

/// <summary>States that take a server of their own.</summary>
public sealed class ServerStateTests
{
    [Fact]
    public async Task A_replica_is_refused_and_a_master_with_one_is_told_to_ask_for_it()
    {
        await using var master = await RedisServer.StartAsync(DiagnosisRig.Sound());
        await using var replica = await RedisServer.StartAsync(DiagnosisRig.Sound());
        await using var redis = await replica.ConnectAsync();
        await redis.ExecuteAsync(["REPLICAOF", "127.0.0.1", $"{master.TcpEndpoint.Port}"]);
        await Eventually.Async(async () => (await redis.ExecuteAsync(["INFO", "replication"])).AsText().Contains("master_link_status:up", StringComparison.Ordinal), "the replica has synchronised");
        await Eventually.Async(async () => (await FindAsync(master, "replication.replicas")).Seen == "1 connected, all keep up", "the master sees its replica");

        var lone = await FindAsync(master, "replication.min_replicas");
        Assert.Equal(FindingStatus.Warn, lone.Status);
        await DiagnosisRig.PasteAsync(lone.Repair!);
        await Eventually.Async(async () => (await FindAsync(master, "replication.min_replicas")).Status == FindingStatus.Ok, "the master asks for its replica");

        var role = await FindAsync(replica, "server.role");
        Assert.Equal((FindingStatus.Fail, $"replica of 127.0.0.1:{master.TcpEndpoint.Port}"), (role.Status, role.Seen));
        await DiagnosisRig.PasteAsync(role.Repair!);
        Assert.Equal(FindingStatus.Ok, (await FindAsync(replica, "server.role")).Status);
    }

    [Fact]
    public async Task A_snapshot_that_failed_is_found_and_repaired_once_there_is_room()
    {
        await using var server = await RedisServer.StartAsync(DiagnosisRig.Sound());
        await using var redis = await server.ConnectAsync();
        var inTheWay = Path.Combine(server.Folder, "dump.rdb");
        Directory.CreateDirectory(Path.Combine(inTheWay, "full"));
        await redis.ExecuteAsync(["BGSAVE"]);
        await Eventually.Async(async () => (await FindAsync(server, "persistence.snapshot")).Status == FindingStatus.Warn, "the failure is found");

        // With rules to save, a failure stops all writes, and even PING is answered MISCONF: everything else is looked at all the same.
        await redis.ExecuteAsync(["CONFIG", "SET", "save", "3600 1"]);
        var failed = await FindAsync(server, "persistence.snapshot");
        Assert.Equal((FindingStatus.Fail, "answers MISCONF"), (failed.Status, (await FindAsync(server, "server.reachable")).Seen));

        Directory.Delete(inTheWay, recursive: true);
        await DiagnosisRig.PasteAsync(failed.Repair!);
        await Eventually.Async(async () => (await FindAsync(server, "persistence.snapshot")).Status == FindingStatus.Ok, "the next snapshot succeeded");
    }

    [Fact]
    public async Task A_port_open_to_everybody_is_closed_by_protected_mode_and_then_by_a_password()
    {
        // 192.0.2.1 is nobody's, so the test opens no port to anybody; the dash lets Redis start without it.
        await using var server = await RedisServer.StartAsync(DiagnosisRig.Sound("--bind", "127.0.0.1", "-192.0.2.1", "--protected-mode", "no"));
        var open = await FindAsync(server, "security.exposure");
        Assert.Equal(FindingStatus.Fail, open.Status);
        await DiagnosisRig.PasteAsync(open.Repair!);
        var guarded = await FindAsync(server, "security.exposure");
        Assert.Equal(FindingStatus.Warn, guarded.Status);
        await DiagnosisRig.PasteAsync(guarded.Repair!);
        var refused = await Assert.ThrowsAsync<RedisReplyException>(async () => await (await server.ConnectAsync()).ExecuteAsync(["PING"]));
        Assert.Equal("NOAUTH", refused.Code);
    }

    [Fact]
    public async Task A_broken_cluster_is_found_and_the_library_is_looked_for_on_every_master()
    {
        await using var one = await StartNodeAsync();
        await using var two = await StartNodeAsync();
        await using var first = await one.ConnectAsync();
        await using var second = await two.ConnectAsync();
        await first.ExecuteAsync(["CLUSTER", "ADDSLOTSRANGE", "0", "8191"]);
        Assert.Equal(FindingStatus.Fail, (await FindAsync(one, "cluster.state")).Status);

        await second.ExecuteAsync(["CLUSTER", "ADDSLOTSRANGE", "8192", "16383"]);
        await first.ExecuteAsync(["CLUSTER", "MEET", "127.0.0.1", $"{two.TcpEndpoint.Port}", BusPort(await second.ExecuteAsync(["CONFIG", "GET", "cluster-port"]))]);
        foreach (var node in new[] { first, second })
            await Eventually.Async(async () => (await node.ExecuteAsync(["CLUSTER", "INFO"])).AsText().Contains("cluster_state:ok", StringComparison.Ordinal) && (await node.ExecuteAsync(["CLUSTER", "SLOTS"])).Items.Count == 2, "the cluster is whole");

        // The slot of 'events' is 9,102, on the second node; asked is the first.
        await FunctionLibrary.EnsureLoadedAsync(second, CancellationToken.None);
        var findings = await DiagnoseAsync(one);
        var revisions = findings.Where(finding => finding.Check == "library.revision").ToDictionary(finding => finding.Node!, finding => finding.Status, StringComparer.Ordinal);
        Assert.Equal(new() { [Name(one)] = FindingStatus.Fail, [Name(two)] = FindingStatus.Ok }, revisions);
        Assert.All(findings.Where(finding => finding.Check is "stream.type" or "cluster.slot"), finding => Assert.Equal(Name(two), finding.Node));
        Assert.Equal(2, findings.Count(finding => finding is { Check: "cluster.state", Status: FindingStatus.Ok }));

        var id = (await first.ExecuteAsync(["CLUSTER", "MYID"])).AsText();
        var slot = (await second.ExecuteAsync(["CLUSTER", "KEYSLOT", "events"])).AsInteger();
        await second.ExecuteAsync(["CLUSTER", "SETSLOT", $"{slot}", "MIGRATING", id]);
        var moving = Assert.Single(await DiagnoseAsync(one), finding => finding.Check == "cluster.slot");
        Assert.Equal((FindingStatus.Warn, $"slot {slot} is being moved"), (moving.Status, moving.Seen));
        await DiagnosisRig.PasteAsync(moving.Repair!);
        Assert.Equal(FindingStatus.Ok, Assert.Single(await DiagnoseAsync(one), finding => finding.Check == "cluster.slot").Status);
    }

    [Theory]
    [InlineData("6.2.21", "", FindingStatus.Fail)]
    [InlineData("7.0.14", "", FindingStatus.Warn)]
    [InlineData("7.0.15", "", FindingStatus.Ok)]
    [InlineData("7.2.10", "redis", FindingStatus.Warn)]
    [InlineData("7.2.11", "redis", FindingStatus.Ok)]
    [InlineData("7.4.5", "redis", FindingStatus.Warn)]
    [InlineData("8.2.2", "redis", FindingStatus.Warn)]
    [InlineData("8.2.3", "redis", FindingStatus.Ok)]
    [InlineData("9.0.0", "redis", FindingStatus.Ok)]
    [InlineData("7.2.4", "valkey", FindingStatus.Unknown)]
    [InlineData("", "", FindingStatus.Unknown)]
    public void A_version_is_judged_by_the_floor_of_its_line(string version, string server, FindingStatus status) => Assert.Equal(status, VersionFloors.Judge(version, server).Status);

    [Theory]
    [InlineData("redis-cli -h cache -p 6379 CONFIG SET save ''", "redis://user:secret@cache", "CONFIG", "SET", "save", "")]
    [InlineData("redis-cli -h cache -p 6380 --tls -n 2 XLEN '{events}:dead'", "rediss://cache:6380/2", "XLEN", "{events}:dead")]
    [InlineData(@"redis-cli -s '/run/a b.sock' XGROUP DESTROY events 'it'\''s; rm -rf /'", "unix:///run/a b.sock", "XGROUP", "DESTROY", "events", "it's; rm -rf /")]
    public void A_repair_is_a_line_for_a_shell_without_secrets_and_harmless_whatever_names_it_holds(string line, string address, params string[] command) =>
        Assert.Equal(line, new RepairCommands(RedisEndpoint.Parse(address), tls: null, new StreamKeys("events"), "event_group").Redis(command));

    private static string Name(RedisServer server) => $"127.0.0.1:{server.TcpEndpoint.Port}";

    private static string BusPort(RespValue config) => config[1].AsText();

    private static Task<RedisServer> StartNodeAsync() => RedisServer.StartAsync(DiagnosisRig.Sound("--cluster-enabled", "yes", "--cluster-port", $"{FreePort()}"));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<Finding> FindAsync(RedisServer server, string check) => Assert.Single(await DiagnoseAsync(server), finding => finding.Check == check);

    private static Task<IReadOnlyList<Finding>> DiagnoseAsync(RedisServer server) =>
        Diagnosis.RunAsync(new DiagnosisOptions { Redis = server.TcpEndpoint, Keys = new StreamKeys("events"), Group = "g" }, CancellationToken.None);
}
