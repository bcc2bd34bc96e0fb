using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Drills.Tests;

/// <summary>A link does to real connections what it says, and nothing while it is healed.</summary>
public sealed class LinkTests : IAsyncLifetime
{
    private static readonly RedisOptions Impatient = new() { CommandTimeout = TimeSpan.FromMilliseconds(400), ConnectTimeout = TimeSpan.FromMilliseconds(400) };
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private RedisServer _server = null!;
    private Link _link = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _link = new Link(new GivenServer(_server.Endpoint, new RedisOptions()), "INCR");
    }

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_healed_link_carries_everything()
    {
        await using var client = await ConnectAsync();
        var large = new string('x', 1_000_000);
        await client.ExecuteAsync(["SET", "large", large]);
        Assert.Equal(large, (await client.ExecuteAsync(["GET", "large"])).AsText());
    }

    [Fact]
    public async Task A_lost_reply_is_of_a_command_that_was_carried_out()
    {
        await using var client = await ConnectAsync();
        var trap = _link.Arm(new Interception(InterceptionKind.LoseReply, "INCR"));
        await client.ExecuteAsync(["SET", "other", "1"]);
        Assert.False(trap.Sprung.IsCompleted);
        await Assert.ThrowsAsync<RedisConnectionException>(() => client.ExecuteAsync(["INCR", "n"]));
        await trap.Sprung.WaitAsync(Bound);
        Assert.Equal("1", await ReadAsync("n"));
    }

    [Fact]
    public async Task A_request_that_is_cut_has_no_effect_and_ends_its_connection()
    {
        await using var client = await ConnectAsync();
        var trap = _link.Arm(new Interception(InterceptionKind.CutRequest, "INCR", bytes: 6));
        await Assert.ThrowsAsync<RedisConnectionException>(() => client.ExecuteAsync(["INCR", "n"]));
        await trap.Sprung.WaitAsync(Bound);
        Assert.Null(await ReadAsync("n"));
    }

    [Fact]
    public async Task A_held_request_arrives_when_it_is_released_although_its_client_has_gone()
    {
        var client = await RespConnection.ConnectAsync(_link.Endpoint, Impatient, CancellationToken.None);
        var trap = _link.Arm(new Interception(InterceptionKind.HoldRequest, "INCR"));
        await Assert.ThrowsAsync<RedisTimeoutException>(() => client.ExecuteAsync(["INCR", "n"]));
        await client.DisposeAsync();
        Assert.True(trap.Sprung.IsCompleted);
        Assert.Null(await ReadAsync("n"));
        trap.Release();
        await trap.Answered.WaitAsync(Bound);
        Assert.Equal("1", await ReadAsync("n"));
    }

    [Fact]
    public async Task A_partition_keeps_connections_open_and_lets_what_was_sent_arrive_when_it_heals()
    {
        await using var client = await ConnectAsync();
        _link.Stall();
        var waiting = client.ExecuteAsync(["INCR", "n"]);
        await Assert.ThrowsAsync<RedisTimeoutException>(() => RespConnection.ConnectAsync(_link.Endpoint, Impatient, CancellationToken.None));
        Assert.False(waiting.IsCompleted);
        Assert.True(client.IsOpen);
        _link.Heal();
        Assert.Equal(1, (await waiting.WaitAsync(Bound)).AsInteger());
    }

    [Fact]
    public async Task A_cut_ends_every_connection_and_new_ones_work()
    {
        await using var client = await ConnectAsync();
        _link.Cut();
        await client.Closed.WaitAsync(Bound);
        await using var next = await ConnectAsync();
        Assert.Equal(1, (await next.ExecuteAsync(["INCR", "n"])).AsInteger());
    }

    [Fact]
    public async Task A_half_closed_connection_is_ended_by_the_server()
    {
        await using var client = await ConnectAsync();
        _link.HalfClose();
        await client.Closed.WaitAsync(Bound);
    }

    private Task<RespConnection> ConnectAsync() => RespConnection.ConnectAsync(_link.Endpoint, new RedisOptions(), CancellationToken.None);

    private async Task<string?> ReadAsync(string key)
    {
        await using var connection = await _server.ConnectAsync();
        return (await connection.ExecuteAsync(["GET", key])).Text;
    }
}
