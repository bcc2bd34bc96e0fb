using static Streamgauge.Resp.Tests.Topologies.FakeNode;

namespace Streamgauge.Resp.Tests.Topologies;

/// <summary>Finding the master by asking sentinels, and each way in which that fails.</summary>
public class SentinelTopologyTests
{
    private const string Ask = "SENTINEL GET-MASTER-ADDR-BY-NAME shop";
    private static readonly RedisHost Nobody = new("127.0.0.1", 1);

    [Fact]
    public async Task The_master_is_found_and_the_sentinel_that_answered_is_asked_first_the_next_time()
    {
        await using var sentinel = new FakeNode();
        await using var master = Master();
        sentinel.Answers[Ask] = Address(master);
        var endpoint = Endpoint("app:pw@", Nobody, sentinel.Host) with { SentinelPassword = "own" };
        await using var first = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None);
        await using var second = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), CancellationToken.None);

        Assert.Equal(master.Host, new RedisHost(first.Endpoint.Host!, first.Endpoint.Port));
        Assert.Same(endpoint.Topology, second.Topology);
        Assert.Equal(sentinel.Host, endpoint.Topology!.Known.InOrder()[0]);
        lock (sentinel.Answers) Assert.Equal(["HELLO 2 AUTH default own", Ask], sentinel.Seen.Distinct());
        Assert.Equal(["HELLO 2 AUTH app pw", "ROLE", "HELLO 2 AUTH app pw", "ROLE"], master.Seen);
    }

    [Fact]
    public async Task A_server_that_is_no_master_yet_is_asked_again_until_it_is()
    {
        await using var sentinel = new FakeNode();
        await using var master = Master();
        sentinel.Answers[Ask] = Address(master);
        master.Answers["ROLE"] = "*1\r\n" + Bulk("slave");
        var connecting = RespConnection.ConnectAsync(Endpoint("", sentinel.Host), new RedisOptions(), CancellationToken.None);
        await Fakes.Eventually.TrueAsync(() => master.ConnectionCount > 1, "it was asked twice");
        lock (master.Answers) master.Answers["ROLE"] = "*1\r\n" + Bulk("master");
        await using var connection = await connecting.WaitAsync(Fakes.Eventually.Bound);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_failover_that_does_not_end_is_reported_once_the_connect_timeout_is_over_and_is_transient()
    {
        await using var sentinel = new FakeNode();
        sentinel.Answers[Ask] = Address(Nobody);
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => RespConnection.ConnectAsync(Endpoint("", sentinel.Host), new RedisOptions { ConnectTimeout = TimeSpan.FromSeconds(2) }, CancellationToken.None));
        Assert.Contains("behind redis+sentinel://", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1: connection refused", error.Message, StringComparison.Ordinal);
        Assert.True(sentinel.ConnectionCount > 1);
    }

    [Fact]
    public async Task A_name_that_no_sentinel_knows_fails_at_once_and_says_which_and_what_to_do()
    {
        await using var sentinel = new FakeNode();
        sentinel.Answers[Ask] = "*-1\r\n";
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => RespConnection.ConnectAsync(Endpoint("", Nobody, sentinel.Host), new RedisOptions { ConnectTimeout = TimeSpan.FromMinutes(1) }, CancellationToken.None));
        Assert.Contains("No sentinel knows a master 'shop'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"asked: {sentinel.Host}", error.Message, StringComparison.Ordinal);
        Assert.Contains("sentinel monitor shop", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData("HELLO", "-NOAUTH HELLO must be called with the client already authenticated\r\n", "SentinelPassword")]
    [InlineData(Ask, "-ERR unknown command 'SENTINEL'\r\n", "does not answer as a sentinel")]
    public async Task What_answers_and_is_no_use_fails_at_once_with_the_remedy(string command, string answer, string expected)
    {
        await using var sentinel = new FakeNode();
        sentinel.Answers[command] = answer;
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => RespConnection.ConnectAsync(Endpoint("", sentinel.Host), new RedisOptions { ConnectTimeout = TimeSpan.FromMinutes(1) }, CancellationToken.None));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_sentinel_leaves_time_for_the_others()
    {
        await using var silent = Fakes.FakeServer.StartRaw(session => session.StallAsync());
        await using var sentinel = new FakeNode();
        await using var master = Master();
        sentinel.Answers[Ask] = Address(master);
        await using var connection = await RespConnection.ConnectAsync(
            Endpoint("", new RedisHost("127.0.0.1", silent.Endpoint.Port), sentinel.Host), new RedisOptions { ConnectTimeout = TimeSpan.FromSeconds(1.5) }, CancellationToken.None);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_master_that_became_a_replica_loses_its_connection_and_the_client_finds_the_new_one()
    {
        await using var sentinel = new FakeNode();
        await using var old = Master();
        await using var other = Master();
        sentinel.Answers[Ask] = Address(old);
        other.Answers["SET"] = "+OK\r\n";
        old.Answers["SET"] = "-READONLY You can't write against a read only replica.\r\n";
        await using var client = new RedisClient(Endpoint("", sentinel.Host), new RedisOptions());
        var connection = await client.GetAsync(CancellationToken.None);
        lock (sentinel.Answers) sentinel.Answers[Ask] = Address(other);

        var error = await Assert.ThrowsAsync<RedisReplyException>(() => client.ExecuteAsync(["SET", "a", "1"], CancellationToken.None));
        Assert.Equal(("READONLY", true, false), (error.Code, error.IsTransient, connection.IsOpen));
        Assert.Contains("is not, or no longer, the server to use", connection.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal("OK", (await client.ExecuteAsync(["SET", "a", "1"], CancellationToken.None)).Text);
    }

    [Fact]
    public async Task A_connection_closes_when_the_sentinels_name_another_master_although_its_server_says_nothing()
    {
        await using var sentinel = new FakeNode();
        await using var second = new FakeNode();
        await using var master = Master();
        sentinel.Answers[Ask] = second.Answers[Ask] = Address(master);
        await using var connection = await RespConnection.ConnectAsync(Endpoint("", sentinel.Host, second.Host), new RedisOptions(), CancellationToken.None);
        await Fakes.Eventually.TrueAsync(() => sentinel.ConnectionCount > 1, "the sentinel is asked again");
        Assert.True(connection.IsOpen);
        lock (sentinel.Answers) sentinel.Answers[Ask] = Address(Nobody);
        await connection.Closed.WaitAsync(Fakes.Eventually.Bound);
        Assert.Contains($"sentinel {sentinel.Host} says that {Nobody} is the master", connection.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_twin_leads_to_the_same_server_although_the_sentinels_name_another_by_now()
    {
        await using var sentinel = new FakeNode();
        await using var old = Master();
        sentinel.Answers[Ask] = Address(old);
        await using var connection = await RespConnection.ConnectAsync(Endpoint("", sentinel.Host), new RedisOptions(), CancellationToken.None);
        lock (sentinel.Answers) sentinel.Answers[Ask] = Address(Nobody);
        await using var twin = await connection.ConnectTwinAsync(CancellationToken.None);
        Assert.Equal((connection.Endpoint, connection.Topology), (twin.Endpoint, twin.Topology));
    }

    private static FakeNode Master()
    {
        var node = new FakeNode();
        node.Answers["ROLE"] = "*1\r\n" + Bulk("master");
        return node;
    }

    private static string Address(FakeNode node) => Address(node.Host);

    private static string Address(RedisHost host) => "*2\r\n" + Bulk(host.Name) + Bulk(host.Port.ToString());

    private static RedisEndpoint Endpoint(string credentials, params RedisHost[] sentinels) => RedisEndpoint.Parse($"redis+sentinel://{credentials}{string.Join(',', sentinels)}/shop");
}
