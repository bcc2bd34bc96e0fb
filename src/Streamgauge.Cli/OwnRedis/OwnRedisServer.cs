using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>A private redis-server as a child process: Unix socket only, append-only file, own data folder, repaired before every start.</summary>
internal sealed class OwnRedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60); // loading a large append-only file takes its time
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private const string PidFile = "redis.pid";
    private const int SocketPathBytesMax = 100; // the kernel's limit is 108

    private readonly FileStream _lock;
    private readonly Process _process; // our child, or an orphan of an earlier run

    private OwnRedisServer(FileStream folderLock, Process process, RedisEndpoint endpoint, string logFile)
    {
        _lock = folderLock;
        _process = process;
        Endpoint = endpoint;
        LogFile = logFile;
    }

    public RedisEndpoint Endpoint { get; }

    public string LogFile { get; }

    /// <exception cref="OwnRedisException">With one sentence: what is wrong and what to do.</exception>
    public static async Task<OwnRedisServer> StartAsync(OwnRedisOptions options, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(folder);
        var folderLock = Lock(folder);
        Process? process = null;
        try
        {
            var socket = SocketPath(folder);
            var endpoint = new RedisEndpoint { SocketPath = socket };
            var logFile = Path.Combine(folder, "redis.log");

            // An earlier run was killed and its Redis lives on, perhaps still loading: it has the data open, so it is the one to use.
            // A second server beside it, or a repair under it, would ruin the file.
            if (FindOrphan(folder) is { } orphan)
            {
                if (await IsReadyAsync(orphan, endpoint, $"A redis-server of an earlier run (process {orphan.Id}) holds {folder} and does not answer: end it with `kill {orphan.Id}`, then start again.", cancellationToken))
                {
                    await ConfigureAsync(endpoint, options, cancellationToken);
                    return new OwnRedisServer(folderLock, orphan, endpoint, logFile);
                }

                orphan.Dispose(); // it ended meanwhile
            }

            await AppendOnlyFile.RepairAsync(folder, cancellationToken);
            process = Start(options, folder, socket, logFile);
            if (!await IsReadyAsync(process, endpoint, $"redis-server does not answer. See {logFile}.", cancellationToken))
                throw new OwnRedisException($"redis-server stopped at once (exit code {process.ExitCode}): {LastLine(logFile)} See {logFile}.");
            return new OwnRedisServer(folderLock, process, endpoint, logFile);
        }
        catch
        {
            if (process is { HasExited: false }) process.Kill();
            process?.Dispose();
            await folderLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server; its data is on disk afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(StopTimeout);
            await using (var connection = await RespConnection.ConnectAsync(Endpoint, new RedisOptions(), deadline.Token))
            {
                // Redis answers SHUTDOWN by closing the connection.
                await ((Task)connection.ExecuteAsync(["SHUTDOWN"], deadline.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // The folder is free for the next run only when the server is gone, whoever started it.
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException)
        {
            if (!_process.HasExited) _process.Kill();
        }

        _process.Dispose();
        await _lock.DisposeAsync();
    }

    /// <summary>Gives a server that was started with other options those of this run.</summary>
    private static async Task ConfigureAsync(RedisEndpoint endpoint, OwnRedisOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), cancellationToken);
        await connection.ExecuteAsync(["CONFIG", "SET", "maxmemory", options.MaxMemoryBytes.ToString(), "appendonly", options.AppendOnly, "appendfsync", options.AppendFsync, "aof-load-truncated", "no"], cancellationToken);
    }

    private static Process? FindOrphan(string folder)
    {
        var file = Path.Combine(folder, PidFile);
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file).Trim(), out var id)) return null;
        try
        {
            var process = Process.GetProcessById(id);
            if (process.ProcessName.StartsWith("redis", StringComparison.Ordinal) && !process.HasExited && !IsDefunct(id)) return process;
            process.Dispose(); // the id belongs to somebody else by now
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // it is gone
        }

        return null;
    }

    // Ended, but nobody has asked for its exit code yet: in containers without an init that may last for ever.
    private static bool IsDefunct(int id) =>
        File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].TrimStart().StartsWith('Z');

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new OwnRedisException($"{folder} is in use by another Streamgauge: stop that one, or give this one its own folder with --data DIR.");
        }
    }

    private static string SocketPath(string folder)
    {
        var path = Path.Combine(folder, "redis.sock");
        if (path.Length <= SocketPathBytesMax) return path;
        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(folder)))[..16];
        var shorter = Path.Combine(Path.GetTempPath(), "streamgauge-" + name);
        Directory.CreateDirectory(shorter, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.Combine(shorter, "redis.sock");
    }

    private static Process Start(OwnRedisOptions options, string folder, string socket, string logFile)
    {
        string[] arguments =
        [
            "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", folder, "--pidfile", Path.Combine(folder, PidFile), "--logfile", logFile, "--daemonize", "no",
            "--maxmemory", options.MaxMemoryBytes.ToString(), "--maxmemory-policy", "noeviction", "--save", "",
            // The stream rewrites itself all day: fewer, uncompressed rewrites of the file spare the one core Redis has.
            "--auto-aof-rewrite-min-size", "512mb", "--rdbcompression", "no",
            // The file was repaired before this start; whatever is torn nevertheless must not be loaded, see AppendOnlyFile.
            "--appendonly", options.AppendOnly, "--appendfsync", options.AppendFsync, "--aof-load-truncated", "no",
        ];

        // In a session of its own, so that Ctrl-C in the terminal reaches us alone: we drain first and stop Redis last.
        var setsid = ProgramOnPath.Find("setsid");
        var start = new ProcessStartInfo(setsid ?? "redis-server", setsid is null ? arguments : ["redis-server", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (ProgramOnPath.Find("redis-server") is null)
            throw new OwnRedisException("redis-server was not found on PATH: install it (Debian/Ubuntu: apt-get install redis-server; macOS: brew install redis), or use a Redis of yours with --redis URL.");
        return Process.Start(start)!;
    }

    /// <summary>True once the server answers, false when it ended instead.</summary>
    private static async Task<bool> IsReadyAsync(Process process, RedisEndpoint endpoint, string problem, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync(endpoint, cancellationToken))
        {
            if (process.HasExited) return false;
            if (waited.Elapsed > StartTimeout) throw new OwnRedisException(problem);
            await Task.Delay(20, cancellationToken);
        }

        return true;
    }

    private static string LastLine(string logFile) => File.Exists(logFile) ? File.ReadLines(logFile).LastOrDefault() ?? "" : "";

    private static async Task<bool> AnswersAsync(RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await RespConnection.ConnectAsync(endpoint, new RedisOptions(), cancellationToken);
            await connection.ExecuteAsync(["PING"], cancellationToken);
            return true;
        }
        catch (RedisException)
        {
            return false; // not listening yet, or still loading
        }
    }
}
