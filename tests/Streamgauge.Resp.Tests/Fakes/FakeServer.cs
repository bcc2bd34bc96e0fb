using System.Net;
using System.Net.Sockets;

namespace Streamgauge.Resp.Tests.Fakes;

/// <summary>Speaks bytes over a real socket: each connection runs the script it was given.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<FakeSession> _sessions = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    private FakeServer(Func<FakeSession, Task> script)
    {
        _listener.Start();
        Endpoint = new RedisEndpoint { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port };
        _accepting = AcceptAsync(script);
    }

    public RedisEndpoint Endpoint { get; }

    public int ConnectionCount { get; private set; }

    /// <summary>A server whose sessions run <paramref name="script"/> from the first byte, HELLO included.</summary>
    public static FakeServer StartRaw(Func<FakeSession, Task> script) => new(script);

    /// <summary>A server that answers HELLO with OK and then runs <paramref name="script"/>.</summary>
    public static FakeServer Start(Func<FakeSession, Task> script) => new(async session =>
    {
        await session.ReadCommandAsync();
        await session.SendAsync("+OK\r\n");
        await script(session);
    });

    /// <summary>A server that answers every command with its last argument.</summary>
    public static FakeServer StartEcho() => Start(session => session.EchoAsync());

    public Task<RespConnection> ConnectAsync(RedisOptions? options = null) =>
        RespConnection.ConnectAsync(Endpoint, options ?? new RedisOptions(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        lock (_gate)
        {
            foreach (var session in _sessions) session.Close();
        }

        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Func<FakeSession, Task> script)
    {
        var running = new List<Task>();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var session = new FakeSession(await _listener.AcceptTcpClientAsync(_stopping.Token), _stopping.Token);
                lock (_gate)
                {
                    ConnectionCount++;
                    _sessions.Add(session);
                }

                running.Add(Task.Run(() => RunAsync(script, session)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(running);
    }

    private static async Task RunAsync(Func<FakeSession, Task> script, FakeSession session)
    {
        try
        {
            await script(session);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The client went away, which is what many tests are about.
        }
        finally
        {
            session.Close();
        }
    }
}
