using System.Security.Cryptography;
using System.Text;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>deploy/redis/users.acl on a real server: every role does its work as its own user, and nothing else.</summary>
public sealed class UsersTests : IAsyncLifetime
{
    private const string Password = "correct horse";
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-users-").FullName;
    private RedisServer _redis = null!;
    private RespConnection _admin = null!;

    private string PasswordFile => Path.Combine(_folder, "password");

    public async Task InitializeAsync()
    {
        var users = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "deploy", "redis", "users.acl"));
        var file = Path.Combine(_folder, "users.acl");
        await File.WriteAllTextAsync(file, users.Replace("#replace-with-sha256-of-the-password", "#" + Hash(Password), StringComparison.Ordinal));
        await File.WriteAllTextAsync(PasswordFile, Password + "\n");
        _redis = await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true, AppendOnly = true, User = "admin", Password = Password, Arguments = ["--aclfile", file] });
        _admin = await _redis.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_role_does_its_work_as_its_own_user_and_is_refused_nothing()
    {
        var views = Path.Combine(_folder, "views.json");
        await File.WriteAllTextAsync(views, """
            { "views": [
              { "name": "sales", "filter": "event_type == 'purchase'", "group_by": ["product"], "measures": ["count", "unique(user_id)", "quantiles(value)"], "window": ["1m"] },
              { "name": "visits", "sessions": { "by": "user_id", "gap": "30m" } } ] }
            """);
        await using var process = StreamgaugeProcess.Start(["process", "--audit-every", "1s", .. As("processor")], Secret);
        await process.WaitForTextAsync("counts");
        await using var serve = StreamgaugeProcess.Start(["serve", "--port", "0", .. As("api")], Secret);
        await serve.WaitForTextAsync("Serving http");

        await DoAsync("sender", "produce", "--count", "3000", "--durability", "everysec");
        await using (var client = await LoginAsync("client"))
        {
            await client.ExecuteAsync(["XADD", "events", "*", "event_type", "click"]);
            await client.ExecuteAsync(["XADD", "events", "*", "nonsense", "1"]);
        }

        await DoAsync("operator", "views", "apply", views);
        await DoAsync("api", "status", "--wait", "20s");
        await DoAsync("api", "tail");
        await AskAsync(serve, "/aggregates/summary", "/aggregates?sessions=100", "/v1/events/recent", "/v1/views/sales", "/v1/sessions/visits", "/health", "/metrics");
        await DoAsync("operator", "dlq", "list");
        await DoAsync("operator", "dlq", "show", "--reason", "no_known_fields");
        await DoAsync("operator", "dlq", "retry", "--all");
        await DoAsync("api", "status", "--wait", "20s");
        await DoAsync("operator", "dlq", "drop", "--all", "--yes");
        await DoAsync("operator", "verify");
        await DoAsync("operator", "doctor");

        process.Terminate();
        Assert.Equal(0, await process.WaitForExitAsync());
        var denied = (await _admin.ExecuteAsync(["ACL", "LOG"])).Items.Select(entry => string.Join(' ', entry.Items.Select(part => part.Text)));
        Assert.Empty(denied);
    }

    [Theory]
    [InlineData("sender", "XRANGE", "events", "-", "+")]
    [InlineData("sender", "XTRIM", "events", "MAXLEN", "0")]
    [InlineData("sender", "HSET", "{events}:aggregates", "total_count", "1")]
    [InlineData("client", "XADD", "others", "*", "event_type", "click")]
    [InlineData("client", "XRANGE", "events", "-", "+")]
    [InlineData("client", "DEL", "events")]
    [InlineData("processor", "SET", "others", "1")]
    [InlineData("processor", "EVAL", "return 1", "0")]
    [InlineData("processor", "FLUSHALL")]
    [InlineData("processor", "KEYS", "*")]
    [InlineData("processor", "CONFIG", "SET", "maxmemory", "1")]
    [InlineData("processor", "XGROUP", "SETID", "events", "event_group", "0")]
    [InlineData("processor", "FUNCTION", "DELETE", "streamgauge_v1")]
    [InlineData("api", "HSET", "{events}:aggregates", "total_count", "1")]
    [InlineData("api", "XADD", "events", "*", "event_type", "click")]
    [InlineData("api", "GET", "others")]
    [InlineData("api", "KEYS", "*")]
    [InlineData("operator", "CONFIG", "SET", "maxmemory", "1")]
    [InlineData("operator", "FLUSHALL")]
    [InlineData("operator", "ACL", "SETUSER", "operator", "+@all")]
    [InlineData("operator", "XADD", "others", "*", "a", "b")]
    [InlineData("replica", "GET", "events")]
    [InlineData("sentinel", "GET", "events")]
    public async Task No_user_may_do_more_than_its_work(string user, params string[] command)
    {
        var answer = await _admin.ExecuteAsync(["ACL", "DRYRUN", user, .. command]);
        Assert.Contains("no permissions", answer.AsText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_name_and_a_file_without_passwords_is_refused()
    {
        var stranger = await Assert.ThrowsAsync<RedisReplyException>(() => RespConnection.ConnectAsync(_redis.TcpEndpoint with { User = null, Password = null }, new RedisOptions(), CancellationToken.None));
        Assert.Equal("NOAUTH", stranger.Code);

        var shipped = Path.Combine(RepositoryRoot.Find(), "deploy", "redis", "users.acl");
        var (exitCode, output, _) = await MachineTool.RunAsync("redis-server", ["--port", "0", "--unixsocket", Path.Combine(_folder, "r.sock"), "--dir", _folder, "--aclfile", shipped], default, TimeSpan.FromSeconds(10));
        Assert.NotEqual(0, exitCode);
        Assert.Contains("ACL", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_that_changes_costs_no_event_and_no_restart()
    {
        await using var process = StreamgaugeProcess.Start(["process", .. As("processor")], Secret);
        await process.WaitForTextAsync("counts");
        await _admin.ExecuteAsync(["ACL", "SETUSER", "processor", "#" + Hash("another one")]);
        await File.WriteAllTextAsync(PasswordFile, "another one");
        await _admin.ExecuteAsync(["ACL", "SETUSER", "processor", "!" + Hash(Password)]);
        await _admin.ExecuteAsync(["CLIENT", "KILL", "USER", "processor"]);

        await _admin.ExecuteAsync(["XADD", "events", "*", "event_type", "click"]);
        await Eventually.Async(async () => (await _admin.ExecuteAsync(["HGET", "{events}:aggregates", "total_count"])).Text == "1", "the processor is back and counts");
        Assert.False(process.HasExited);
    }

    private Dictionary<string, string?> Secret => new(StringComparer.Ordinal) { ["STREAMGAUGE_REDIS_PASSWORD_FILE"] = PasswordFile };

    private string[] As(string user) => ["--redis", (_redis.TcpEndpoint with { User = user, Password = null }).ToString()];

    private Task<RespConnection> LoginAsync(string user) => RespConnection.ConnectAsync(_redis.TcpEndpoint with { User = user, Password = Password }, new RedisOptions(), CancellationToken.None);

    private async Task DoAsync(string user, params string[] arguments)
    {
        var result = await StreamgaugeProcess.RunAsync([.. arguments, .. As(user)], Secret);
        Assert.True(result.ExitCode == 0, $"`{string.Join(' ', arguments)}` ended with {result.ExitCode}: {result.Output}{result.Errors}");
        Assert.DoesNotContain(Password, result.Output + result.Errors, StringComparison.Ordinal);
    }

    private static async Task AskAsync(StreamgaugeProcess serve, params string[] paths)
    {
        var address = serve.Errors.Split('\n').Concat(serve.Output.Split('\n')).First(line => line.Contains("Serving http", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = new Uri(new Uri(address[address.IndexOf("http", StringComparison.Ordinal)..].Trim()), "/") };
        foreach (var path in paths) Assert.True((await http.GetAsync(new Uri(path, UriKind.Relative))).IsSuccessStatusCode, path);
    }

    private static string Hash(string password) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));
}
