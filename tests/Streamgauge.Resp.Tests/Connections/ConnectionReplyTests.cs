using Streamgauge.Resp.Tests.Fakes;
using Streamgauge.Resp.Tests.Protocol;

namespace Streamgauge.Resp.Tests.Connections;

/// <summary>The reply shapes of <see cref="Replies"/> over a socket.</summary>
public class ConnectionReplyTests
{
    [Fact]
    public async Task Every_reply_sent_whole_gives_its_answer()
    {
        await using var server = FakeServer.Start(async session =>
        {
            foreach (var (wire, _) in Replies.All)
            {
                await session.ReadCommandAsync();
                await session.SendAsync(wire);
            }

            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        foreach (var (_, answer) in Replies.All) Assert.Equal(answer, await AskAsync(connection));
    }

    [Fact]
    public async Task Every_reply_cut_at_every_byte_gives_its_answer()
    {
        await using var server = FakeServer.Start(async session =>
        {
            foreach (var (wire, _) in Replies.All)
            {
                var bytes = Replies.Bytes(wire);
                for (var cut = 1; cut < bytes.Length; cut++)
                {
                    await session.ReadCommandAsync();
                    await session.SendAsync(bytes.AsMemory(0, cut));
                    await session.SendAsync(bytes.AsMemory(cut));
                }
            }

            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        foreach (var (wire, answer) in Replies.All)
        {
            for (var cut = 1; cut < Replies.Bytes(wire).Length; cut++) Assert.Equal(answer, await AskAsync(connection));
        }
    }

    [Fact]
    public async Task Every_reply_in_one_byte_segments_gives_its_answer()
    {
        await using var server = FakeServer.Start(async session =>
        {
            foreach (var (wire, _) in Replies.All)
            {
                await session.ReadCommandAsync();
                var bytes = Replies.Bytes(wire);
                for (var index = 0; index < bytes.Length; index++) await session.SendAsync(bytes.AsMemory(index, 1));
            }

            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        foreach (var (_, answer) in Replies.All) Assert.Equal(answer, await AskAsync(connection));
    }

    [Fact]
    public async Task All_replies_in_one_segment_reach_their_requests_in_order()
    {
        await using var server = FakeServer.Start(async session =>
        {
            for (var left = Replies.All.Length; left > 0; left--) await session.ReadCommandAsync();
            await session.SendAsync(string.Concat(Replies.All.Select(reply => reply.Wire)));
            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        var answers = Replies.All.Select(_ => AskAsync(connection)).ToArray();
        for (var index = 0; index < answers.Length; index++) Assert.Equal(Replies.All[index].Answer, await answers[index]);
    }

    [Fact]
    public async Task Pushes_are_no_reply_to_anyone()
    {
        await using var server = FakeServer.Start(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync(">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n:1\r\n>1\r\n+message\r\n");
            await session.ReadCommandAsync();
            await session.SendAsync("|1\r\n+a\r\n+b\r\n>1\r\n+message\r\n:2\r\n");
            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal("1", await AskAsync(connection));
        Assert.Equal("2", await AskAsync(connection));
    }

    [Fact]
    public async Task Large_replies_between_small_ones_arrive_whole()
    {
        var big = new string('x', 3_000_000);
        await using var server = FakeServer.StartEcho();
        await using var connection = await server.ConnectAsync();
        for (var round = 0; round < 3; round++)
        {
            var answers = await Task.WhenAll(new[] { "a", big, "b" }.Select(text => connection.ExecuteAsync(["ECHO", text])));
            Assert.Equal(["a", big, "b"], answers.Select(answer => answer.AsText()));
        }
    }

    [Theory]
    [InlineData("$2000\r\n", "ReplyBytesMax")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "ReplyDepthMax")]
    [InlineData("HTTP/1.1 400\r\n", "starts no RESP value")]
    public async Task A_hostile_reply_closes_the_connection_and_names_the_bound(string wire, string bound)
    {
        await using var server = FakeServer.Start(async session =>
        {
            await session.ReadCommandAsync();
            await session.SendAsync(wire);
            await session.StallAsync();
        });
        await using var connection = await server.ConnectAsync(new RedisOptions { ReplyBytesMax = 1024, ReplyDepthMax = 4 });
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => connection.ExecuteAsync(["PING"]));
        Assert.IsType<RespProtocolException>(error.InnerException);
        Assert.Contains(bound, error.Message, StringComparison.Ordinal);
        Assert.Same(error.InnerException, connection.Fault);
    }

    [Fact]
    public async Task A_reply_nobody_asked_for_closes_the_connection()
    {
        await using var server = FakeServer.Start(session => session.SendAsync(":1\r\n"));
        await using var connection = await server.ConnectAsync();
        await connection.Closed.WaitAsync(Eventually.Bound);
        Assert.Contains("no request waits for", Assert.IsType<RespProtocolException>(connection.Fault).Message, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(RespConnection connection)
    {
        try
        {
            return (await connection.ExecuteAsync(["ASK"])).ToString();
        }
        catch (RedisReplyException e)
        {
            return $"{e.Code}!{e.Message}";
        }
    }
}
