using Streamgauge.TestKit;

namespace Streamgauge.Cli.Tests;

/// <summary>A password reaches Redis and nothing else.</summary>
public class SecretTests
{
    private const string Password = "s3cret-Pa55phrase";

    [Fact]
    public async Task A_password_from_the_environment_is_used_and_appears_in_no_output_and_no_command_line()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true });
        await using var connection = await redis.ConnectAsync();
        await connection.ExecuteAsync(["CONFIG", "SET", "requirepass", Password]);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["STREAMGAUGE_REDIS"] = redis.TcpEndpoint.ToString(),
            ["STREAMGAUGE_REDIS_PASSWORD"] = Password,
        };
        await using var process = StreamgaugeProcess.Start(["process", "--log-level", "Trace"], environment);
        await process.WaitForTextAsync(" counts events on ");
        Assert.DoesNotContain(Password, await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline"), StringComparison.Ordinal);

        // Also when the connection breaks and comes back, which is when addresses are logged.
        await connection.ExecuteAsync(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        await process.WaitForTextAsync("stands still (unreachable)");
        process.Terminate();
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.DoesNotContain(Password, process.Output + process.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://:" + Password + "@127.0.0.1:1")]
    [InlineData("redis://user:" + Password + "@127.0.0.1:1/x")]
    [InlineData("redis://" + Password + "@127.0.0.1:1")]
    [InlineData("http://:" + Password + "@127.0.0.1:1")]
    [InlineData("unix://:" + Password + "@/nowhere/redis.sock")]
    public async Task A_password_in_an_address_appears_in_no_message(string address)
    {
        foreach (var verb in new[] { "process", "status", "serve" })
        {
            var result = await StreamgaugeProcess.RunAsync(verb, "--redis", address);
            Assert.Contains(result.ExitCode, new[] { 2, 4 });
            Assert.DoesNotContain(Password, result.Output + result.Errors, StringComparison.Ordinal);
        }
    }
}
