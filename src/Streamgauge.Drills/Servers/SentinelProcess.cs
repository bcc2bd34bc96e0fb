using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>One sentinel in a folder of its own.</summary>
internal sealed class SentinelProcess : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ChildProcess _process;

    private SentinelProcess(string folder, ChildProcess process, RedisHost host)
    {
        _folder = folder;
        _process = process;
        Host = host;
    }

    public RedisHost Host { get; }

    /// <param name="folder">Made by it, and removed with the folder around it.</param>
    /// <param name="settings">Lines of its configuration.</param>
    public static async Task<SentinelProcess> StartAsync(string folder, IEnumerable<string> settings)
    {
        Directory.CreateDirectory(folder);
        var host = new RedisHost("127.0.0.1", FreePorts.Take());
        var file = Path.Combine(folder, "sentinel.conf"); // sentinels rewrite it
        await File.WriteAllLinesAsync(file, [$"port {host.Port}", $"bind {host.Name}", $"dir {folder}", "logfile sentinel.log", .. settings]);
        return new SentinelProcess(folder, await ChildProcess.StartAsync(["redis-server", file, "--sentinel"]), host);
    }

    public async Task<RespValue> AskAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await using var connection = await RespConnection.ConnectAsync(new RedisEndpoint { Host = Host.Name, Port = Host.Port }, new RedisOptions(), cancellationToken);
        return await connection.ExecuteAsync([.. command], cancellationToken);
    }

    /// <summary>What it logged last, for messages.</summary>
    public override string ToString() => $"sentinel {Host}: {File.ReadLines(Path.Combine(_folder, "sentinel.log")).LastOrDefault() ?? "it wrote no log"}";

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
