using System.Diagnostics;
using Streamgauge.Resp;

namespace Streamgauge.TestKit;

/// <summary>One real redis-sentinel in a folder of its own.</summary>
internal sealed class Sentinel : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    private Sentinel(string folder, Process process, RedisHost host)
    {
        _folder = folder;
        _process = process;
        Host = host;
    }

    public RedisHost Host { get; }

    public bool IsRunning => !_process.HasExited;

    /// <param name="settings">Lines of its configuration.</param>
    public static async Task<Sentinel> StartAsync(IEnumerable<string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("sg-").FullName;
        var host = new RedisHost("127.0.0.1", FreePort.Take());
        var file = Path.Combine(folder, "sentinel.conf"); // sentinels rewrite it
        await File.WriteAllLinesAsync(file, [$"port {host.Port}", $"bind {host.Name}", $"dir {folder}", $"logfile {folder}/sentinel.log", .. settings]);
        var process = Process.Start(new ProcessStartInfo("redis-sentinel", [file]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        return new Sentinel(folder, process, host);
    }

    public async Task<RespValue> AskAsync(params string[] command)
    {
        await using var connection = await RespConnection.ConnectAsync(new RedisEndpoint { Host = Host.Name, Port = Host.Port }, new RedisOptions(), CancellationToken.None);
        return await connection.ExecuteAsync(command);
    }

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
