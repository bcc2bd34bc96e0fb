using static Streamgauge.Resp.Tests.Topologies.FakeNode;

namespace Streamgauge.Resp.Tests.Topologies;

/// <summary>Finding the master of a slot by asking any node, and each way in which that fails.</summary>
public class ClusterTopologyTests
{
    private static readonly RedisHost Nobody = new("127.0.0.1", 1);

    [Fact]
    public async Task The_owner_of_the_key_is_found_by_asking_any_seed_and_asked_first_the_next_time()
    {
        await using var seed = new FakeNode();
        await using var owner = Owner();
        seed.Answers["CLUSTER SLOTS"] = owner.Answers["CLUSTER SLOTS"] = Slots((0, 5460, seed.Host), (5461, 16383, owner.Host));
        var endpoint = Endpoint(Nobody, seed.Host);
        await using var first = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None);
        await using var second = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None);
        Assert.Equal(owner.Host, new RedisHost(first.Endpoint.Host!, first.Endpoint.Port));
        Assert.Equal(["HELLO 2", "CLUSTER SLOTS"], seed.Seen);
        Assert.Equal(["HELLO 2", "EXISTS events", "HELLO 2", "CLUSTER SLOTS", "EXISTS events"], owner.Seen);
    }

    [Fact]
    public async Task The_nodes_learned_are_asked_when_all_seeds_are_gone()
    {
        var (seed, owner) = (new FakeNode(), Owner());
        await using var replica = new FakeNode();
        seed.Answers["CLUSTER SLOTS"] = Slots((0, 16383, owner.Host), (0, 16383, replica.Host));
        replica.Answers["CLUSTER SLOTS"] = Slots((0, 16383, replica.Host));
        replica.Answers["EXISTS"] = ":0\r\n";
        var endpoint = Endpoint(seed.Host);
        await (await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None)).DisposeAsync();
        await seed.DisposeAsync();
        await owner.DisposeAsync();
        await using var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None);
        Assert.Equal(replica.Host.Port, connection.Endpoint.Port);
    }

    [Fact]
    public async Task A_node_with_an_old_map_is_corrected_by_the_owner_it_names()
    {
        await using var stale = new FakeNode();
        await using var old = new FakeNode();
        await using var owner = Owner();
        stale.Answers["CLUSTER SLOTS"] = Slots((0, 16383, old.Host));
        old.Answers["EXISTS"] = $"-MOVED 9102 {owner.Host}\r\n";
        owner.Answers["CLUSTER SLOTS"] = Slots((0, 16383, owner.Host));
        await using var connection = await RespConnection.ConnectAsync(Endpoint(stale.Host), new RedisOptions(), CancellationToken.None);
        Assert.Equal(owner.Host.Port, connection.Endpoint.Port);
    }

    [Theory]
    [InlineData("-MOVED 9102 {0}\r\n")]
    [InlineData("-MOVED 9102 :{1}\r\n")]
    public async Task A_slot_that_moved_closes_the_connection_and_the_client_goes_where_the_reply_points(string moved)
    {
        await using var old = Owner();
        await using var owner = Owner();
        old.Answers["CLUSTER SLOTS"] = Slots((0, 16383, old.Host));
        owner.Answers["CLUSTER SLOTS"] = Slots((0, 16383, owner.Host));
        old.Answers["GET"] = string.Format(moved, owner.Host, owner.Host.Port);
        owner.Answers["GET"] = "+1\r\n";
        await using var client = new RedisClient(Endpoint(old.Host), new RedisOptions());
        var connection = await client.GetAsync(CancellationToken.None);
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => client.ExecuteAsync(["GET", "events"], CancellationToken.None));
        Assert.Equal(("MOVED", true, false), (error.Code, error.IsTransient, connection.IsOpen));
        Assert.Equal("1", (await client.ExecuteAsync(["GET", "events"], CancellationToken.None)).Text);
    }

    [Theory]
    [InlineData("-ASK 9102 127.0.0.1:1\r\n")]
    [InlineData("-TRYAGAIN Multiple keys request during rehashing of slot\r\n")]
    public async Task A_slot_on_its_way_keeps_the_connection(string error)
    {
        await using var owner = Owner();
        owner.Answers["CLUSTER SLOTS"] = Slots((0, 16383, owner.Host));
        owner.Answers["GET"] = owner.Answers["EXISTS"] = error;
        await using var connection = await RespConnection.ConnectAsync(Endpoint(owner.Host), new RedisOptions(), CancellationToken.None);
        Assert.True((await Assert.ThrowsAsync<RedisReplyException>(() => connection.ExecuteAsync(["GET", "events"]))).IsTransient);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_master_cut_off_with_its_seed_is_passed_over_for_the_one_the_majority_has()
    {
        await using var cutOff = new FakeNode();
        await using var majority = Owner();
        cutOff.Answers["CLUSTER SLOTS"] = Slots((0, 16383, cutOff.Host));
        cutOff.Answers["EXISTS"] = "-CLUSTERDOWN The cluster is down\r\n";
        majority.Answers["CLUSTER SLOTS"] = Slots((0, 16383, majority.Host));
        await using var connection = await RespConnection.ConnectAsync(Endpoint(cutOff.Host, majority.Host), new RedisOptions(), CancellationToken.None);
        Assert.Equal(majority.Host.Port, connection.Endpoint.Port);
    }

    [Fact]
    public async Task A_slot_nobody_owns_is_waited_for_and_then_named()
    {
        await using var node = new FakeNode();
        node.Answers["CLUSTER SLOTS"] = Slots((0, 5460, node.Host));
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => RespConnection.ConnectAsync(Endpoint(node.Host), new RedisOptions { ConnectTimeout = TimeSpan.FromSeconds(2) }, CancellationToken.None));
        Assert.Contains("no server owns slot 9102, that of 'events'", error.Message, StringComparison.Ordinal);
        Assert.True(node.ConnectionCount > 1);
    }

    [Fact]
    public async Task A_server_without_a_cluster_fails_at_once_with_the_remedy()
    {
        await using var node = new FakeNode();
        node.Answers["CLUSTER SLOTS"] = "-ERR This instance has cluster support disabled\r\n";
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => RespConnection.ConnectAsync(Endpoint(node.Host), new RedisOptions { ConnectTimeout = TimeSpan.FromMinutes(1) }, CancellationToken.None));
        Assert.Contains("written redis://host:6379", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_a_routing_key_is_the_callers_mistake()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RespConnection.ConnectAsync(RedisEndpoint.Parse("redis+cluster://n1"), new RedisOptions(), CancellationToken.None));
        Assert.Contains("RoutingKey", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_given_by_a_plain_address_keeps_its_connection_and_says_how_to_write_the_address()
    {
        await using var node = new FakeNode();
        node.Answers["GET"] = "-MOVED 9102 127.0.0.1:1\r\n";
        await using var connection = await RespConnection.ConnectAsync(new RedisEndpoint { Host = node.Host.Name, Port = node.Host.Port }, new RedisOptions(), CancellationToken.None);
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => connection.ExecuteAsync(["GET", "events"]));
        Assert.Contains($"redis+cluster://{node.Host}", error.Message, StringComparison.Ordinal);
        Assert.True(connection.IsOpen);
    }

    private static FakeNode Owner()
    {
        var node = new FakeNode();
        node.Answers["EXISTS"] = ":1\r\n";
        return node;
    }

    // [from, to, [address, port, id]]; a later range of the same slots stands for the replicas a real node would list in the first
    private static string Slots(params (int From, int To, RedisHost Owner)[] ranges) =>
        $"*{ranges.Length}\r\n" + string.Concat(ranges.Select(range => $"*3\r\n:{range.From}\r\n:{range.To}\r\n*3\r\n{Bulk(range.Owner.Name)}:{range.Owner.Port}\r\n{Bulk("id")}"));

    private static RedisEndpoint Endpoint(params RedisHost[] seeds) => RedisEndpoint.Parse($"redis+cluster://{string.Join(',', seeds)}") with { RoutingKey = "events" };
}
