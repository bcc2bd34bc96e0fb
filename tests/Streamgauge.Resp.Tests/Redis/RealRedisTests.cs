using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Redis;

public class RealRedisTests(RedisServer server) : IClassFixture<RedisServer>
{
    [RedisFact]
    public async Task Ping_is_answered_over_tcp_unix_socket_and_tls_in_both_protocols()
    {
        foreach (var endpoint in new[] { server.Tcp, server.Unix, server.Tls })
        {
            foreach (var protocol in new[] { 2, 3 })
            {
                await using var connection = await RespConnection.ConnectAsync(endpoint, Options(protocol), CancellationToken.None);
                Assert.Equal("PONG", (await connection.ExecuteAsync(["PING"])).AsText());
                Assert.Contains("name=resp-tests", (await connection.ExecuteAsync(["CLIENT", "INFO"])).AsText(), StringComparison.Ordinal);
                var config = await connection.ExecuteAsync(["CONFIG", "GET", "maxclients"]);
                Assert.Equal(protocol == 3 ? RespType.Map : RespType.Array, config.Type);
                Assert.Equal(10_000, config.Get("maxclients")!.AsInteger());
            }
        }
    }

    [RedisFact]
    public async Task Values_of_five_megabytes_travel_whole_between_small_ones()
    {
        var big = new byte[5_000_000];
        new Random(1).NextBytes(big);
        foreach (var endpoint in new[] { server.Tcp, server.Unix, server.Tls })
        {
            await using var connection = await RespConnection.ConnectAsync(endpoint, Options(), CancellationToken.None);
            for (var round = 0; round < 3; round++)
            {
                var set = connection.ExecuteAsync(new RespCommand("SET", "big").Add(big));
                var get = connection.ExecuteAsync(["GET", "big"]);
                var ping = connection.ExecuteAsync(["PING"]);
                Assert.Equal("OK", (await set).AsText());
                Assert.True((await get).AsBytes().Span.SequenceEqual(big));
                Assert.Equal("PONG", (await ping).AsText());
            }
        }
    }

    [RedisFact]
    public async Task Ten_thousand_pipelined_increments_are_answered_in_order()
    {
        foreach (var endpoint in new[] { server.Tcp, server.Unix, server.Tls })
        {
            await using var connection = await RespConnection.ConnectAsync(endpoint, Options(), CancellationToken.None);
            var key = $"count:{endpoint.Port}:{endpoint.SocketPath}";
            var answers = new long[10_000];
            var sends = Enumerable.Range(0, answers.Length).Select(index => connection.ExecuteAsync(new ScriptedRequest(
                output =>
                {
                    output.WriteCommandHeader(2);
                    output.WriteBulk("INCR"u8);
                    output.WriteBulk(key);
                },
                (ref RespReader reply) => answers[index] = reply.ReadInteger())).AsTask()).ToArray();
            await Task.WhenAll(sends);
            Assert.Equal(Enumerable.Range(1, answers.Length).Select(number => (long)number), answers);
        }
    }

    [RedisFact]
    public async Task Users_databases_and_passwords_are_honoured()
    {
        await using var admin = await RespConnection.ConnectAsync(server.Tcp, Options(), CancellationToken.None);
        await admin.ExecuteAsync(["ACL", "SETUSER", "reader", "on", ">r:1@", "~*", "+@read", "+@connection", "+acl|whoami"]);
        await admin.ExecuteAsync(["ACL", "SETUSER", "bare", "on", ">b", "~*", "+get"]);
        await admin.ExecuteAsync(["SET", "where", "zero"]);

        var address = $"unix://reader:r%3A1%40@{server.Unix.SocketPath}?db=1";
        await using var reader = await RespConnection.ConnectAsync(RedisEndpoint.Parse(address), Options(), CancellationToken.None);
        Assert.True((await reader.ExecuteAsync(["GET", "where"])).IsNull);
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RedisReplyException>(() => reader.ExecuteAsync(["SET", "a", "b"]))).Code);
        Assert.Equal("reader", (await reader.ExecuteAsync(["ACL", "WHOAMI"])).AsText());

        await using var bare = await RespConnection.ConnectAsync(server.Tcp with { User = "bare", Password = "b" }, new RedisOptions(), CancellationToken.None);
        Assert.Equal("zero", (await bare.ExecuteAsync(["GET", "where"])).AsText());
    }

    [RedisFact]
    public async Task Password_file_is_read_at_each_connect_so_that_a_changed_secret_needs_no_restart()
    {
        var file = Path.GetTempFileName();
        try
        {
            await using var admin = await RespConnection.ConnectAsync(server.Tcp, Options(), CancellationToken.None);
            await admin.ExecuteAsync(["ACL", "SETUSER", "turning", "on", ">old", "+@connection"]);
            var endpoint = server.Tcp with { User = "turning", Password = null, PasswordFile = file };
            Assert.Contains("is empty", (await RefusedAsync(endpoint)).Message, StringComparison.Ordinal);

            await File.WriteAllTextAsync(file, "old\n");
            await using var client = new RedisClient(endpoint, Options());
            var first = await client.GetAsync(CancellationToken.None);
            await admin.ExecuteAsync(["ACL", "SETUSER", "turning", ">new", "<old"]);
            await File.WriteAllTextAsync(file, "new");
            Assert.Equal("PONG", (await first.ExecuteAsync(["PING"])).AsText()); // an open connection stays
            await admin.ExecuteAsync(["CLIENT", "KILL", "USER", "turning"]);
            await first.Closed.WaitAsync(TimeSpan.FromSeconds(5));
            Assert.Equal("PONG", (await (await client.GetAsync(CancellationToken.None)).ExecuteAsync(["PING"])).AsText());
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Contains($"'{file}' cannot be read", (await RefusedAsync(server.Tcp with { Password = null, PasswordFile = file })).Message, StringComparison.Ordinal);

        Task<RedisConnectionException> RefusedAsync(RedisEndpoint endpoint) =>
            Assert.ThrowsAsync<RedisConnectionException>(() => RespConnection.ConnectAsync(endpoint, Options(), CancellationToken.None));
    }

    [RedisFact]
    public async Task Wrong_logins_and_databases_are_refused_with_a_remedy()
    {
        var noPassword = await RefusedAsync(server.Tcp with { Password = null });
        Assert.Equal("NOAUTH", noPassword.Code);
        Assert.Contains("user:password@", noPassword.Message, StringComparison.Ordinal);

        var wrongPassword = await RefusedAsync(server.Tcp with { Password = "hunter2" });
        Assert.Equal("WRONGPASS", wrongPassword.Code);
        Assert.Contains("refused the password of user 'default'", wrongPassword.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrongPassword.ToString(), StringComparison.Ordinal);

        Assert.Equal("WRONGPASS", (await RefusedAsync(server.Unix with { User = "nobody" })).Code);
        Assert.Contains("Cannot use database 99", (await RefusedAsync(server.Tcp with { Database = 99 })).Message, StringComparison.Ordinal);

        Task<RedisReplyException> RefusedAsync(RedisEndpoint endpoint) =>
            Assert.ThrowsAsync<RedisReplyException>(() => RespConnection.ConnectAsync(endpoint, Options(), CancellationToken.None));
    }

    [RedisFact]
    public async Task Tls_refuses_what_it_cannot_verify_and_says_why()
    {
        Assert.Contains("CaFile", (await RefusedAsync(server.Tls, tls => tls.CaFile = null)).Message, StringComparison.Ordinal);
        Assert.Contains("not for '127.0.0.1'", (await RefusedAsync(server.Tls with { Host = "127.0.0.1" }, _ => { })).Message, StringComparison.Ordinal);
        Assert.Contains("not for 'cache.example'", (await RefusedAsync(server.Tls, tls => tls.ServerName = "cache.example")).Message, StringComparison.Ordinal);
        Assert.Contains("client certificate", (await RefusedAsync(server.Tls, tls => tls.CertificateFile = null)).Message, StringComparison.Ordinal);

        Assert.Contains("write rediss://", (await RefusedAsync(server.Tls with { UseTls = false }, _ => { })).Message, StringComparison.Ordinal);

        // A plain port waits for a line end that a TLS greeting never brings.
        var hasty = new RedisOptions { ConnectTimeout = TimeSpan.FromMilliseconds(200) };
        var silence = await Assert.ThrowsAsync<RedisTimeoutException>(() => RespConnection.ConnectAsync(server.Tcp with { UseTls = true }, hasty, CancellationToken.None));
        Assert.Contains("speaks TLS", silence.Message, StringComparison.Ordinal);

        var options = Options();
        options.Tls!.ServerName = "localhost";
        await using var connection = await RespConnection.ConnectAsync(server.Tls with { Host = "127.0.0.1" }, options, CancellationToken.None);
        Assert.True(connection.IsOpen);
    }

    [RedisFact]
    public async Task A_killed_client_learns_it_at_once()
    {
        await using var admin = await RespConnection.ConnectAsync(server.Tcp, Options(), CancellationToken.None);
        await using var victim = await RespConnection.ConnectAsync(server.Tcp, Options(), CancellationToken.None);
        var id = (await victim.ExecuteAsync(["CLIENT", "ID"])).AsText();
        var blocked = victim.ExecuteAsync(new RespCommand("BLPOP", "nothing", "0"), Timeout.InfiniteTimeSpan);
        await admin.ExecuteAsync(["CLIENT", "KILL", "ID", id]);
        await Assert.ThrowsAsync<RedisConnectionException>(() => blocked.WaitAsync(Eventually.Bound));
        await victim.Closed.WaitAsync(Eventually.Bound);
    }

    private RedisOptions Options(int protocol = 2) => new()
    {
        Protocol = protocol,
        ClientName = "resp-tests",
        Tls = new RedisTlsOptions
        {
            CaFile = server.Certificates!.Authority,
            CertificateFile = server.Certificates.ClientCertificate,
            KeyFile = server.Certificates.ClientKey,
        },
    };

    private async Task<RedisConnectionException> RefusedAsync(RedisEndpoint endpoint, Action<RedisTlsOptions> change)
    {
        var options = Options();
        change(options.Tls!);
        return await Assert.ThrowsAsync<RedisConnectionException>(() => RespConnection.ConnectAsync(endpoint, options, CancellationToken.None));
    }
}
