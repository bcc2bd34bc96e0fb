using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>deploy/redis/redis.conf and start.sh: a server the doctor has nothing to say about, and that never starts on half a commit.</summary>
public sealed class RedisConfigurationTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(RepositoryRoot.Find(), "deploy", "redis");
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-conf-").FullName;

    private string Manifest => Path.Combine(_folder, "appendonlydir", "appendonly.aof.manifest");

    private string Increments => Path.Combine(_folder, "appendonlydir", "appendonly.aof.1.incr.aof");

    private RedisEndpoint Endpoint => RedisEndpoint.Parse("unix://" + Path.Combine(_folder, "r.sock"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Doctor_has_nothing_to_say_about_a_server_with_our_configuration()
    {
        using var server = await StartAsync();
        await using var process = StreamgaugeProcess.Start(["process", "--redis", Endpoint.ToString()]);
        await StreamgaugeProcess.RunAsync("produce", "--count", "100", "--redis", Endpoint.ToString());
        await StreamgaugeProcess.RunAsync("status", "--wait", "20s", "--redis", Endpoint.ToString());
        var doctor = await StreamgaugeProcess.RunAsync("doctor", "--strict", "--redis", Endpoint.ToString());
        Assert.True(doctor.ExitCode == 0, doctor.Output);
        await StopAsync(server);
    }

    [Fact]
    public async Task File_that_is_torn_within_a_commit_is_cut_back_to_the_last_whole_one()
    {
        await WriteTwoBlocksAsync();
        Truncate(Increments, 20); // within the second block's EXEC
        using var server = await StartAsync();
        Assert.Equal("1", await ReadAsync("first"));
        Assert.Null(await ReadAsync("second"));
        await StopAsync(server);
        using var again = await StartAsync(); // the second restart is the one that would count wrong
        Assert.Equal("1", await ReadAsync("first"));
        await StopAsync(again);
    }

    [Fact]
    public async Task File_that_is_damaged_before_its_end_is_left_to_a_person()
    {
        await WriteTwoBlocksAsync();
        var bytes = await File.ReadAllBytesAsync(Increments);
        bytes[bytes.AsSpan().IndexOf("$5\r\nfirst"u8) + 1] = (byte)'9';
        await File.WriteAllBytesAsync(Increments, bytes);
        using var start = Launch();
        var errors = await start.StandardError.ReadToEndAsync();
        await start.WaitForExitAsync();
        Assert.NotEqual(0, start.ExitCode);
        Assert.Contains("sound data behind the damage would be lost", errors, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Increments));
    }

    private async Task WriteTwoBlocksAsync()
    {
        using var server = await StartAsync();
        await using (var connection = await RespConnection.ConnectAsync(Endpoint, new RedisOptions(), CancellationToken.None))
        {
            foreach (var key in new[] { "first", "second" })
            {
                await connection.ExecuteAsync(["MULTI"]);
                await connection.ExecuteAsync(["INCR", key]);
                await connection.ExecuteAsync(["INCR", key + "-twin"]);
                await connection.ExecuteAsync(["EXEC"]);
            }
        }

        await StopAsync(server);
    }

    private static void Truncate(string path, int bytes)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length - bytes);
    }

    private async Task<string?> ReadAsync(string key)
    {
        await using var connection = await RespConnection.ConnectAsync(Endpoint, new RedisOptions(), CancellationToken.None);
        return (await connection.ExecuteAsync(["GET", key])).Text;
    }

    private async Task<Process> StartAsync()
    {
        var process = Launch();
        await Eventually.Async(async () =>
        {
            if (process.HasExited) throw new InvalidOperationException("redis-server ended: " + await process.StandardError.ReadToEndAsync() + await process.StandardOutput.ReadToEndAsync());
            try
            {
                await ReadAsync("first");
                return true;
            }
            catch (RedisException)
            {
                return false;
            }
        }, "redis-server answers");
        return process;
    }

    // As shipped, but for where the data is, and without users: those have tests of their own.
    private Process Launch()
    {
        var lines = File.ReadLines(Path.Combine(Shipped, "redis.conf")).Where(line => !line.StartsWith("aclfile ", StringComparison.Ordinal)).Append("port 0").Append("unixsocket " + Endpoint.SocketPath);
        var file = Path.Combine(_folder, "redis.conf");
        File.WriteAllLines(file, lines);
        return Process.Start(new ProcessStartInfo(Path.Combine(Shipped, "start.sh"), [file, _folder]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    private static async Task StopAsync(Process server)
    {
        Signals.Send("TERM", server.Id);
        await server.WaitForExitAsync();
    }
}
