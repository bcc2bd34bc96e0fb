using System.Net;
using System.Net.Sockets;

namespace Streamgauge.Tests.Dashboard;

/// <summary>A network between browser and API that can be taken away and given back.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private readonly int _port;
    private readonly Task _accepting;
    private bool _isDown;

    /// <param name="port">Where the API listens on this machine.</param>
    public Relay(int port)
    {
        _port = port;
        _listener.Start();
        Address = new Uri($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Ends all connections and takes no more, until <see cref="Restore"/>.</summary>
    public void TakeAway()
    {
        lock (_gate)
        {
            _isDown = true;
            foreach (var socket in _sockets) socket.Dispose();
            _sockets.Clear();
        }
    }

    public void Restore()
    {
        lock (_gate) _isDown = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        TakeAway();
        await ((Task)_accepting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync();
            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            lock (_gate) _sockets.AddRange([client, server]);
            if (_isDown) TakeAway();
            else _ = CarryAsync(client, server);
        }
    }

    private async Task CarryAsync(Socket client, Socket server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _port);
            using var up = new NetworkStream(client);
            using var down = new NetworkStream(server);
            await Task.WhenAny(up.CopyToAsync(down), down.CopyToAsync(up));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // taken away
        }

        client.Dispose();
        server.Dispose();
    }
}
