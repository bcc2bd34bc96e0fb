using System.Diagnostics;
using Streamgauge.Resp;

namespace Streamgauge.TestKit;

/// <summary>A real redis-server of one test class, in a folder of its own, that can be killed, paused and started again.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private readonly RedisServerOptions _options;
    private readonly string _folder;
    private readonly int _port; // 0: no TCP
    private Process? _process;

    private RedisServer(RedisServerOptions options)
    {
        _options = options;
        _port = options.UseTcp ? FreePort.Take() : 0;
        _folder = Directory.CreateTempSubdirectory("sg-").FullName; // short: a socket path has at most 107 bytes
        Endpoint = RedisEndpoint.Parse($"unix://{SocketPath}") with { User = options.User, Password = options.Password };
    }

    /// <summary>The server's Unix socket.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>The server's TCP port.</summary>
    /// <exception cref="InvalidOperationException">It was started without <see cref="RedisServerOptions.UseTcp"/>.</exception>
    public RedisEndpoint TcpEndpoint => _port > 0
        ? RedisEndpoint.Parse($"redis://127.0.0.1:{_port}") with { User = _options.User, Password = _options.Password }
        : throw new InvalidOperationException("This server has no TCP port; start it with UseTcp.");

    /// <summary>Where its socket, its log and its files are.</summary>
    public string Folder => _folder;

    private string SocketPath => Path.Combine(_folder, "r.sock");

    /// <summary>Whether its process lives; a paused one does.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options = null)
    {
        var server = new RedisServer(options ?? new RedisServerOptions());
        await server.RestartAsync();
        return server;
    }

    /// <summary>A place where nobody answers until <see cref="RestartAsync"/>.</summary>
    public static RedisServer NotStarted(RedisServerOptions? options = null) => new(options ?? new RedisServerOptions());

    /// <summary>SIGKILL: nothing is flushed, nothing is said goodbye to.</summary>
    public void Kill()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
        File.Delete(SocketPath);
    }

    /// <summary>Starts the server again over what it left on disk, and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        Launch();
        await Eventually.Async(AnswersAsync, $"redis-server answers PING, see {_folder}/redis.log", StartTimeout);
    }

    /// <summary>Starts the server again and does not wait: it may still be loading.</summary>
    public void Launch()
    {
        Kill();
        var start = new ProcessStartInfo("redis-server") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        string[] arguments =
        [
            "--port", _port.ToString(), "--bind", "127.0.0.1", "--unixsocket", SocketPath, "--dir", _folder, "--save", "",
            "--appendonly", _options.AppendOnly ? "yes" : "no", "--appendfsync", "always", "--logfile", "redis.log", .. _options.Arguments,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start; is it on the PATH?");
    }

    /// <summary>SIGSTOP: connections stay open and nobody answers.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>SIGCONT after <see cref="Pause"/>.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>A new connection of the caller's own.</summary>
    public Task<RespConnection> ConnectAsync() => RespConnection.ConnectAsync(Endpoint, new RedisOptions(), CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process is not { HasExited: false }) throw new InvalidOperationException($"redis-server ended at once: {ReadLog()}");
        try
        {
            await using var connection = await ConnectAsync();
            return (await connection.ExecuteAsync(["PING"])).Text == "PONG";
        }
        catch (RedisException)
        {
            return false; // not listening yet, or LOADING
        }
    }

    private string ReadLog()
    {
        var log = Path.Combine(_folder, "redis.log");
        return File.Exists(log) ? File.ReadAllText(log) : "no log was written";
    }

    private void Signal(string name)
    {
        if (_process is null) throw new InvalidOperationException("The server is not running.");
        Signals.Send(name, _process.Id);
    }
}
