using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streamgauge.TestKit;

namespace Streamgauge.Resp.Tests.Redis;

/// <summary>A real server in a directory of its own: TCP, a Unix socket and TLS (client certificates wanted), with a password.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    public const string Password = "p@ss:w/rd%";

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"sg-resp-{Guid.NewGuid():N}"[..16]);
    private Process? _process;

    public RedisEndpoint Tcp { get; private set; } = new();

    public RedisEndpoint Unix { get; private set; } = new();

    public RedisEndpoint Tls { get; private set; } = new();

    public TestCertificates? Certificates { get; private set; }

    public static string? FindExecutable() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(directory => Path.Combine(directory, "redis-server")).FirstOrDefault(File.Exists);

    public async Task InitializeAsync()
    {
        if (FindExecutable() is not { } executable) return;
        Directory.CreateDirectory(_directory);
        Certificates = TestCertificates.Create(_directory);
        var port = FindFreePort();
        var tlsPort = FindFreePort();
        var socketPath = Path.Combine(_directory, "r.sock");
        Tcp = new RedisEndpoint { Host = "localhost", Port = port, Password = Password };
        Tls = Tcp with { Port = tlsPort, UseTls = true };
        Unix = new RedisEndpoint { SocketPath = socketPath, Password = Password };
        _process = Process.Start(new ProcessStartInfo(executable,
        [
            "--save", "", "--port", $"{port}", "--bind", "127.0.0.1", "--unixsocket", socketPath, "--dir", _directory, "--requirepass", Password,
            "--tls-port", $"{tlsPort}", "--tls-cert-file", Certificates.ServerCertificate, "--tls-key-file", Certificates.ServerKey,
            "--tls-ca-cert-file", Certificates.Authority, "--logfile", Path.Combine(_directory, "redis.log"),
        ]))!;

        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                await using var connection = await RespConnection.ConnectAsync(Unix, new RedisOptions(), bound.Token);
                return;
            }
            catch (RedisConnectionException)
            {
                await Task.Delay(10, bound.Token);
            }
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
