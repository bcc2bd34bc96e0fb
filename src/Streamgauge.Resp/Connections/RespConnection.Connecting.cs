using System.Net;
using System.Net.Sockets;

namespace Streamgauge.Resp;

// Socket, TLS, then HELLO. Whatever fails becomes one sentence: what, why, remedy.
public sealed partial class RespConnection
{
    // A dead peer is noticed after about 15 + 3 * 5 s even when nothing is in flight.
    private const int KeepAliveIdleSeconds = 15;
    private const int KeepAliveProbeSeconds = 5;
    private const int KeepAliveProbes = 3;

    /// <summary>Finds the server where the address has a <see cref="RedisEndpoint.Topology"/>, connects, authenticates and selects the database.</summary>
    /// <exception cref="RedisConnectionException">Refused, unknown host, no such socket, TLS failed, or the topology is between two servers.</exception>
    /// <exception cref="RedisTimeoutException">Not done within <see cref="RedisOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="RedisReplyException">The server refused the password (<c>WRONGPASS</c>), wants one (<c>NOAUTH</c>), or lacks the database.</exception>
    public static Task<RespConnection> ConnectAsync(RedisEndpoint endpoint, RedisOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        RedisOptions.ThrowIfInvalid(options);
        return endpoint.Topology is { } topology
            ? topology.ConnectAsync(endpoint, options, ct)
            : ConnectToAsync(endpoint, topology: null, options, options.ConnectTimeout, ct);
    }

    /// <summary>A second connection to the very server this one leads to, whatever the topology says by now.</summary>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    public Task<RespConnection> ConnectTwinAsync(CancellationToken ct) => ConnectToAsync(Endpoint, Topology, _options, _options.ConnectTimeout, ct);

    internal static async Task<RespConnection> ConnectToAsync(RedisEndpoint endpoint, RedisTopology? topology, RedisOptions options, TimeSpan bound, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(bound, options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var stream = await OpenStreamAsync(endpoint, options, linked.Token);
            var connection = new RespConnection(endpoint, topology, options, stream);
            try
            {
                // Reading starts once HELLO is in flight: a server that turns clients away says so before it is asked.
                var greeting = connection.GreetAsync(linked.Token);
                connection.StartReading();
                await greeting;
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new RedisTimeoutException($"Cannot connect to {endpoint}: no answer within {bound.TotalSeconds:0.###} s. Check the address, the firewall, {(endpoint.UseTls ? "that the port speaks TLS, " : "")}and that the server is not stalled.", e);
        }
    }

    private static async Task<Stream> OpenStreamAsync(RedisEndpoint endpoint, RedisOptions options, CancellationToken ct)
    {
        var socket = endpoint.SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (endpoint.SocketPath is null) SetTcpOptions(socket);
            EndPoint address = endpoint.SocketPath is null ? new DnsEndPoint(endpoint.Host ?? "", endpoint.Port) : new UnixDomainSocketEndPoint(endpoint.SocketPath);
            await socket.ConnectAsync(address, ct);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return endpoint.UseTls ? await TlsHandshake.AuthenticateAsync(stream, endpoint, options.Tls ?? new RedisTlsOptions(), ct) : stream;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or ArgumentException) throw new RedisConnectionException($"Cannot connect to {endpoint}: {Explain(e, endpoint)}", e);
            throw;
        }
    }

    private static void SetTcpOptions(Socket socket)
    {
        socket.NoDelay = true; // commands are batched already; waiting for more would only add latency
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }

    private static string Explain(Exception cause, RedisEndpoint endpoint) => (cause as SocketException)?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused, nothing listens there. Start the server or correct the address.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name is not known. Correct it, or check the name server.",
        SocketError.AddressNotAvailable or SocketError.InvalidArgument when endpoint.SocketPath is not null => "there is no such socket. Start the server with 'unixsocket', or correct the path.",
        SocketError.AccessDenied => "access denied. Check the socket's permissions ('unixsocketperm') and that the path leads to a socket.",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "there is no route to it. Check the network and the firewall.",
        _ => $"{cause.Message.TrimEnd('.')}. Check the address and that the server runs.",
    };
}
