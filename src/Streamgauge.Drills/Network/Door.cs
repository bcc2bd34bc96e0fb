using System.Net;
using System.Net.Sockets;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>Where a client finds one server on its <see cref="Link"/>.</summary>
internal sealed class Door
{
    public Door(ServerNode server)
    {
        Server = server;
        Listener.Start();
    }

    public ServerNode Server { get; }

    public TcpListener Listener { get; } = new(IPAddress.Loopback, 0);

    public RedisHost Host => new("127.0.0.1", ((IPEndPoint)Listener.LocalEndpoint).Port);

    /// <summary>Closed while this server is out of the client's reach.</summary>
    public Valve Valve { get; } = new();
}
