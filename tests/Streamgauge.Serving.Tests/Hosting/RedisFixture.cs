using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

/// <summary>One redis-server per test class; every test begins with an empty one.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisServer Redis { get; private set; } = null!;

    public async Task InitializeAsync() => Redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await Redis.DisposeAsync();

    /// <summary>Empties the server, runs commands, and leaves it to the test.</summary>
    public async Task<RedisServer> SeedAsync(params string[][] commands)
    {
        await using var connection = await Redis.ConnectAsync();
        await connection.ExecuteAsync(["FLUSHALL"]);
        foreach (var command in commands) await connection.ExecuteAsync(command);
        return Redis;
    }
}
