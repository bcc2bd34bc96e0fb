using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>A private redis-server that can be killed, paused, started again over what it left, and have its file cut.</summary>
internal sealed class OwnServer : IOwnServers
{
    private const string FolderPrefix = "streamgauge-drill-"; // then the id of the process whose it is
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private readonly OwnServerOptions _options;
    private ChildProcess? _process;

    private OwnServer(OwnServerOptions options)
    {
        _options = options;
        Folder = CreateFolder();
        Endpoint = new RedisEndpoint { SocketPath = Path.Combine(Folder, "redis.sock") };
    }

    public RedisEndpoint Endpoint { get; }

    public RedisOptions Options { get; } = new();

    /// <summary>Its place in the network, where it has one beside its socket.</summary>
    public RedisEndpoint TcpEndpoint => new() { Host = "127.0.0.1", Port = _options.Port };

    /// <summary>Its data, its socket and its log; removed in the end.</summary>
    public string Folder { get; }

    /// <summary>The append-only file being written now.</summary>
    public string AppendOnlyPath => Directory.GetFiles(Path.Combine(Folder, "appendonlydir"), "*.incr.aof").Max(StringComparer.Ordinal)!;

    /// <summary>What it logged so far.</summary>
    public IReadOnlyList<string> LogLines => Path.Combine(Folder, "redis.log") is var log && File.Exists(log) ? File.ReadAllLines(log) : [];

    public bool IsRunning => _process is { HasExited: false };

    public static async Task<OwnServer> StartAsync(OwnServerOptions options, CancellationToken cancellationToken)
    {
        var server = new OwnServer(options);
        try
        {
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A folder for servers of this process. Also removes those that a drill left which was killed.</summary>
    public static string CreateFolder()
    {
        RemoveLeftovers();
        return Directory.CreateTempSubdirectory($"{FolderPrefix}{Environment.ProcessId}-").FullName;
    }

    /// <summary>SIGKILL. The kernel keeps what was written: this is a crash of Redis, not of the machine.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        await _process.DisposeAsync();
        _process = null;
        File.Delete(Endpoint.SocketPath!);
    }

    /// <summary>The running process.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Starts over what is on disk, repaired first, and waits until all of it is loaded.</summary>
    /// <exception cref="DrillException">It does not start.</exception>
    /// <exception cref="OwnRedisException">What is on disk cannot be repaired.</exception>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await BeginStartAsync([], cancellationToken);
        await WaitUntilLoadedAsync(cancellationToken);
    }

    /// <summary>Starts over what is on disk, repaired first, without waiting.</summary>
    /// <param name="arguments">Further arguments of this start.</param>
    public async Task BeginStartAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (_options.Repairs) await AppendOnlyFile.RepairAsync(Folder, cancellationToken);
        _process = await ChildProcess.StartAsync([
            .. _options.Starter, "redis-server", "--port", $"{_options.Port}", "--bind", "127.0.0.1", "--unixsocket", Endpoint.SocketPath!, "--unixsocketperm", "700", "--dir", Folder, "--logfile", "redis.log",
            "--save", "", "--auto-aof-rewrite-percentage", "0", "--maxmemory-policy", "noeviction", "--appendonly", "yes", "--appendfsync", _options.Fsync, .. _options.Arguments, .. arguments,
        ]);
    }

    /// <exception cref="DrillException">It does not answer.</exception>
    public async Task WaitUntilLoadedAsync(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync(cancellationToken))
        {
            if (Process.HasExited) throw new DrillException($"redis-server ended at once: {LastLogLine()}");
            if (waited.Elapsed > StartTimeout) throw new DrillException($"redis-server did not answer within {StartTimeout.TotalSeconds:0} s: {LastLogLine()}");
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>SIGSTOP: connections stay open and nobody answers.</summary>
    public void Pause() => _process?.Pause();

    /// <summary>SIGCONT after <see cref="Pause"/>.</summary>
    public void Resume() => _process?.Resume();

    /// <summary>One command over a connection of its own.</summary>
    public async Task<RespValue> AskAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await using var connection = await RespConnection.ConnectAsync(Endpoint, Options, cancellationToken);
        return await connection.ExecuteAsync([.. command], cancellationToken);
    }

    /// <summary>Whether a section of INFO has a line: <c>role:master</c>. A server that cannot be asked says nothing: it is dead, or sends its clients away as it becomes a replica.</summary>
    public async Task<bool> SaysAsync(string section, string line, CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync(["INFO", section], cancellationToken)).AsText().Split("\r\n").Contains(line);
        }
        catch (RedisException)
        {
            return false;
        }
    }

    /// <summary>CONFIG SET on the running server.</summary>
    public Task ConfigureAsync(string name, string value, CancellationToken cancellationToken) => AskAsync(["CONFIG", "SET", name, value], cancellationToken);

    public Task<OwnServer> MasterAsync(CancellationToken cancellationToken) => Task.FromResult(this);

    public Task StartAgainAsync(OwnServer server, CancellationToken cancellationToken) => server.StartAgainAsync(cancellationToken);

    public Task HealAsync(CancellationToken cancellationToken)
    {
        Resume();
        return IsRunning ? Task.CompletedTask : StartAgainAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A drill that was killed could not remove its folder; the next one does.</summary>
    private static void RemoveLeftovers()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            if (!int.TryParse(Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0], out var owner) || IsAlive(owner)) continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // another drill is at it, or it is another user's
            }
        }

        static bool IsAlive(int id)
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(id);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Endpoint.SocketPath)) return false;
        try
        {
            await using var connection = await RespConnection.ConnectAsync(Endpoint, Options, cancellationToken);
            await connection.ExecuteAsync(["PING"], cancellationToken);
            return true;
        }
        catch (RedisException)
        {
            return false; // not listening yet, or LOADING
        }
    }

    private string LastLogLine() => LogLines is [.., var last] ? last : "it wrote no log.";
}
