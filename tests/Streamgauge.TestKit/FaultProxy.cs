using System.Net;
using System.Net.Sockets;
using Streamgauge.Resp;

namespace Streamgauge.TestKit;

/// <summary>A network between a client and a server that cuts, swallows replies and stalls, as often as its random numbers say.</summary>
/// <remarks>Each connection gets one fault: after so many bytes from either side it is cut, or the replies go nowhere before it is cut.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan SwallowTime = TimeSpan.FromMilliseconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly RedisEndpoint _server;
    private readonly Random _random;
    private readonly int _bytesMax;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private int _cuts;

    /// <param name="server">A server with a socket path.</param>
    /// <param name="random">Decides the faults.</param>
    /// <param name="bytesMax">A connection ends before so many bytes.</param>
    public FaultProxy(RedisEndpoint server, Random random, int bytesMax)
    {
        _server = server;
        _random = random;
        _bytesMax = bytesMax;
        _listener.Start();
        Endpoint = RedisEndpoint.Parse($"redis://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>Whether connections are left in peace from now on; those there are may still be cut.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Connections ended so far.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var up = IsCalm ? int.MaxValue : _random.Next(_bytesMax);
                var down = IsCalm ? int.MaxValue : _random.Next(_bytesMax * 2) /* a reply holds the whole function library */;
                connections.Add(CarryAsync(client, up, down, swallowsReplies: _random.Next(3) == 0));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(Socket client, int up, int down, bool swallowsReplies)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using (client)
        {
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_server.SocketPath!), ending.Token);
                var requests = PumpAsync(client, server, up, swallows: false, ending.Token);
                var replies = PumpAsync(server, client, down, swallowsReplies, ending.Token);
                await Task.WhenAny(requests, replies);
                await ending.CancelAsync();
                await Task.WhenAll(requests, replies).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SocketException)
            {
                // the server is away: the client sees a connection that ends
            }
            finally
            {
                Interlocked.Increment(ref _cuts);
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, int bytes, bool swallows, CancellationToken cancellationToken)
    {
        var buffer = new byte[4 * 1024];
        while (bytes > 0)
        {
            var count = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)), cancellationToken);
            if (count == 0) return;
            await to.SendAsync(buffer.AsMemory(0, count), cancellationToken);
            if (bytes != int.MaxValue) bytes -= count;
        }

        // Replies that go nowhere: the server does the work, and the client will never know from this connection.
        if (!swallows) return;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(SwallowTime);
        while (await from.ReceiveAsync(buffer.AsMemory(), enough.Token) > 0)
        {
        }
    }
}
