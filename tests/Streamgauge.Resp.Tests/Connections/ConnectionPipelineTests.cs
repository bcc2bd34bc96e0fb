using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Connections;

/// <summary>Order, reuse of requests, and the bound on bytes in flight.</summary>
public class ConnectionPipelineTests
{
    private const int EchoBytes = 4 + 10 + 10; // "*2 ECHO x" with a four-letter argument: 4 + "$4..ECHO.." + "$4..abcd.."

    [Fact]
    public async Task Thousands_of_concurrent_requests_each_get_their_own_reply()
    {
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 4096 });
        await Task.WhenAll(Enumerable.Range(0, 64).Select(owner => Task.Run(async () =>
        {
            var request = new EchoRequest();
            for (var turn = 0; turn < 100; turn++)
            {
                request.Argument = $"{owner}/{turn}";
                await connection.ExecuteAsync(request);
                Assert.Equal(request.Argument, request.Answer);
            }
        })));
        Assert.Equal(0, connection.InFlightBytes);
    }

    [Fact]
    public async Task Requests_are_sent_in_the_order_they_were_handed_over()
    {
        await using var server = FakeServer.Start(async session =>
        {
            for (var index = 0; ; index++) await session.SendAsync((await session.ReadCommandAsync())[1] == $"{index}" ? "$2\r\nok\r\n" : "$3\r\nbad\r\n");
        });
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 1000 });
        var requests = Enumerable.Range(0, 5000).Select(index => new EchoRequest($"{index}")).ToArray();
        await Task.WhenAll(requests.Select(request => connection.ExecuteAsync(request).AsTask()));
        Assert.All(requests, request => Assert.Equal("ok", request.Answer));
        Assert.All(requests, request => Assert.Equal(1, request.WriteCount));
    }

    [Fact]
    public async Task Bytes_in_flight_stay_within_the_bound_until_replies_arrive()
    {
        var release = new TaskCompletionSource();
        FakeSession? seen = null;
        await using var server = FakeServer.Start(async session =>
        {
            var greeting = session.BytesRead;
            seen = session;
            for (var left = 3; left > 0; left--) await session.ReadCommandAsync();
            Assert.Equal(3 * EchoBytes, session.BytesRead - greeting);
            await release.Task;
            for (var left = 3; left > 0; left--) await session.SendAsync("$1\r\nx\r\n");
            for (var left = 7; left > 0; left--)
            {
                await session.ReadCommandAsync();
                await session.SendAsync("$1\r\nx\r\n");
            }

            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 3 * EchoBytes + 1 });
        var requests = Enumerable.Range(0, 10).Select(_ => new EchoRequest("abcd")).ToArray();
        var sends = requests.Select(request => connection.ExecuteAsync(request).AsTask()).ToArray();
        await Eventually.TrueAsync(() => seen?.CommandsRead == 4, "HELLO and three commands arrive");
        Assert.Equal(3 * EchoBytes, connection.InFlightBytes);
        Assert.DoesNotContain(sends, send => send.IsCompleted);

        release.SetResult();
        await Task.WhenAll(sends).WaitAsync(Eventually.Bound);
        Assert.Equal(0, connection.InFlightBytes);
        Assert.All(requests, request => Assert.Equal(1, request.WriteCount));
    }

    [Fact]
    public async Task A_request_larger_than_the_bound_is_let_through_alone()
    {
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync(new RedisOptions { InFlightBytesMax = 100 });
        var requests = Enumerable.Range(0, 20).Select(index => new EchoRequest(new string('x', index % 3 == 0 ? 5000 : 5))).ToArray();
        await Task.WhenAll(requests.Select(request => connection.ExecuteAsync(request).AsTask())).WaitAsync(Eventually.Bound);
        Assert.All(requests, request => Assert.Equal(request.Argument, request.Answer));
    }

    [Fact]
    public async Task Megabytes_through_a_full_socket_arrive_whole()
    {
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync();
        var requests = Enumerable.Range(0, 24).Select(index => new EchoRequest(new string((char)('a' + index), 1_000_000))).ToArray();
        await Task.WhenAll(requests.Select(request => connection.ExecuteAsync(request).AsTask())).WaitAsync(Eventually.Bound);
        Assert.All(requests, request => Assert.True(request.Argument == request.Answer));
    }

    [Fact]
    public async Task A_request_can_be_sent_again_as_soon_as_its_await_returns()
    {
        await using var server = FakeServer.StartEcho();
        await using var one = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        var request = new EchoRequest();
        for (var turn = 0; turn < 1000; turn++)
        {
            request.Argument = $"{turn}";
            await (turn % 2 == 0 ? one : other).ExecuteAsync(request);
            Assert.Equal($"{turn}", request.Answer);
        }
    }

    [Fact]
    public async Task A_request_sent_twice_at_once_is_refused_and_unharmed()
    {
        var release = new TaskCompletionSource();
        await using var server = FakeServer.Start(async session =>
        {
            await release.Task;
            await session.EchoAsync();
        });
        await using var connection = await server.ConnectAsync();
        var request = new EchoRequest("once");
        var first = connection.ExecuteAsync(request).AsTask();
        var error = Assert.Throws<InvalidOperationException>(() => { _ = connection.ExecuteAsync(request).AsTask(); });
        Assert.Contains("in flight", error.Message, StringComparison.Ordinal);
        release.SetResult();
        await first;
        Assert.Equal("once", request.Answer);
        await connection.ExecuteAsync(request);
    }

    [Fact]
    public async Task Error_replies_reach_their_awaiter_without_read_and_leave_the_connection_open()
    {
        await using var server = FakeServer.Start(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync("-NOGROUP No such key\r\n");
            await session.EchoAsync();
        });
        await using var connection = await server.ConnectAsync();
        var request = new EchoRequest("x");
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => connection.ExecuteAsync(request).AsTask());
        Assert.Equal("NOGROUP", error.Code);
        Assert.Null(request.Answer);
        await connection.ExecuteAsync(request);
        Assert.Equal("x", request.Answer);
    }

    [Fact]
    public async Task What_read_throws_reaches_the_awaiter_and_only_protocol_errors_close()
    {
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync();
        var picky = new ScriptedRequest(ScriptedRequest.Ping, (ref RespReader _) => throw new FormatException("mine"));
        Assert.Equal("mine", (await Assert.ThrowsAsync<FormatException>(() => connection.ExecuteAsync(picky).AsTask())).Message);
        Assert.True(connection.IsOpen);

        var confused = new ScriptedRequest(ScriptedRequest.Ping, (ref RespReader reply) => reply.ReadAggregateHeader());
        await Assert.ThrowsAsync<RespProtocolException>(() => connection.ExecuteAsync(confused).AsTask());
        Assert.IsType<RespProtocolException>(connection.Fault);
    }

    [Fact]
    public async Task A_request_that_writes_no_whole_command_fails_alone()
    {
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync();
        Action<RespWriter>[] mistakes =
        [
            _ => { },
            output => output.WriteCommandHeader(2),
            output => { output.WriteCommandHeader(1); output.WriteBulkHeader(3); },
            output => { ScriptedRequest.Ping(output); ScriptedRequest.Ping(output); },
            output => { output.WriteCommandHeader(2); throw new InvalidOperationException("mine"); },
        ];
        foreach (var mistake in mistakes)
        {
            var request = new ScriptedRequest(mistake, (ref RespReader reply) => reply.Skip());
            await Assert.ThrowsAsync<InvalidOperationException>(() => connection.ExecuteAsync(request).AsTask());
            Assert.Equal("still", (await connection.ExecuteAsync(["ECHO", "still"])).AsText());
        }
    }

    [Fact]
    public async Task Commands_carry_text_numbers_and_bytes()
    {
        await using var server = FakeServer.Start(async session =>
        {
            while (true) await session.SendAsync($"+{string.Join(' ', await session.ReadCommandAsync())}\r\n");
        });
        await using var connection = await server.ConnectAsync();
        var command = new RespCommand("SET", "k").Add("v"u8.ToArray()).Add("PX").Add(1500).Add(new ReadOnlyMemory<byte>("NX"u8.ToArray()));
        Assert.Equal("SET k v PX 1500 NX", (await connection.ExecuteAsync(command)).AsText());
        Assert.Equal("SET k v PX 1500 NX", (await connection.ExecuteAsync(command)).AsText());
    }
}
