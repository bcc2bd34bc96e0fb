using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests;

/// <summary>A durability level is had from the server, or refused with the remedy.</summary>
public sealed class DurabilityCheckTests
{
    [Theory]
    [InlineData(DurabilityLevel.EverySec, "no", "always", "keeps no append-only file", "CONFIG SET appendonly yes appendfsync everysec")]
    [InlineData(DurabilityLevel.Always, "no", "always", "keeps no append-only file", "CONFIG SET appendonly yes appendfsync always")]
    [InlineData(DurabilityLevel.EverySec, "yes", "no", "has appendfsync no", "CONFIG SET appendfsync everysec")]
    [InlineData(DurabilityLevel.Always, "yes", "everysec", "has appendfsync everysec", "CONFIG SET appendfsync always")]
    [InlineData(DurabilityLevel.Replicated, "yes", "always", "has 0 replicas connected", "attach replicas")]
    public async Task A_server_that_gives_less_is_refused_with_the_remedy(DurabilityLevel level, string appendOnly, string fsync, string what, string remedy)
    {
        var refusal = await Assert.ThrowsAsync<ServerUnsuitableException>(() => CheckAsync(level, appendOnly, fsync));
        Assert.Contains(what, refusal.Message);
        Assert.Contains(remedy, refusal.Message);
    }

    [Theory]
    [InlineData(DurabilityLevel.Memory, "no", "no")]
    [InlineData(DurabilityLevel.EverySec, "yes", "everysec")]
    [InlineData(DurabilityLevel.EverySec, "yes", "always")]
    [InlineData(DurabilityLevel.Always, "yes", "always")]
    public async Task A_server_that_gives_it_passes(DurabilityLevel level, string appendOnly, string fsync) =>
        Assert.Equal(default, await CheckAsync(level, appendOnly, fsync));

    [Fact]
    public async Task A_file_that_is_not_synced_while_it_is_rewritten_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<ServerUnsuitableException>(() => CheckAsync(DurabilityLevel.Always, "yes", "always", "--no-appendfsync-on-rewrite", "yes"));
        Assert.Contains("CONFIG SET no-appendfsync-on-rewrite no", refusal.Message);
    }

    [Fact]
    public async Task Without_permission_for_CONFIG_the_file_is_checked_and_the_rest_is_named()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await using var redis = await server.ConnectAsync();
        await redis.ExecuteAsync(["ACL", "SETUSER", "default", "-config"]);
        var terms = await DurabilityCheck.CheckAsync(redis, DurabilityLevel.Always, 1, CancellationToken.None);
        Assert.Contains("whether appendfsync is always could not be checked", terms.Unchecked);
        Assert.Contains("+config|get", terms.Unchecked);
    }

    [Theory]
    [InlineData(":1\r\n", false, null)]
    [InlineData(":0\r\n", false, "0 of 1 replicas confirmed")]
    [InlineData("*2\r\n:1\r\n:1\r\n", true, null)]
    [InlineData("*2\r\n:1\r\n:0\r\n", true, "0 of 1 replicas wrote it to their disks")]
    [InlineData("*2\r\n:0\r\n:1\r\n", true, "Redis's own disk did not")]
    public async Task Answers_of_WAIT_and_WAITAOF_are_understood(string reply, bool onDisk, string? problem)
    {
        await using var server = new OneReplyServer(reply);
        await using var connection = await RespConnection.ConnectAsync(server.Endpoint, new RedisOptions(), CancellationToken.None);
        var confirmation = new ReplicaConfirmation(new DurabilityTerms(onDisk, 1), TimeSpan.FromMilliseconds(250));
        confirmation.Start(connection);
        await confirmation.Done;
        Assert.Contains(onDisk ? "*4\r\n$7\r\nWAITAOF\r\n$1\r\n1\r\n$1\r\n1\r\n$3\r\n250\r\n" : "*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$3\r\n250\r\n", server.Received);
        if (problem is null) Assert.Null(confirmation.Problem);
        else Assert.Contains(problem, confirmation.Problem);
    }

    private static async Task<DurabilityTerms> CheckAsync(DurabilityLevel level, string appendOnly, string fsync, params string[] arguments)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--appendonly", appendOnly, "--appendfsync", fsync, .. arguments] });
        await using var redis = await server.ConnectAsync();
        return await DurabilityCheck.CheckAsync(redis, level, 1, CancellationToken.None);
    }
}
