using System.Net.Sockets;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>One connection over a <see cref="Link"/>: two pumps, one for requests and one for replies.</summary>
internal sealed class LinkConnection(Link link, Door door, Socket client, CancellationToken stopping) : IDisposable
{
    private const int PieceBytesMax = 16 * 1024;
    private static readonly byte[] Missing = "$7\r\nMISSING\r\n"u8.ToArray();
    private static readonly TimeSpan SwallowTime = TimeSpan.FromMilliseconds(30); // from the first byte of a reply: what was asked for is done by then

    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private Socket? _server;
    private Interception? _losing;
    private Interception? _holding;
    private volatile bool _isStranded;

    /// <summary>Carries bytes both ways until both sides are done or the connection is cut.</summary>
    public async Task CarryAsync()
    {
        try
        {
            await door.Valve.PassAsync(_ending.Token); // whoever connects during a partition waits without an answer
            _server = await ConnectAsync(door.Server.Place, _ending.Token);
            var requests = PumpRequestsAsync(_server);
            await PumpRepliesAsync(_server);
            await _ending.CancelAsync(); // the server has ended it
            await requests;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // cut, or the server is away: the client sees a connection that ends
        }
        finally
        {
            await _ending.CancelAsync();
            client.Dispose();
            _server?.Dispose();
        }
    }

    public void Cut() => _ending.Cancel();

    public void Release() => Volatile.Read(ref _holding)?.Release();

    public void Strand() => _isStranded = true;

    public void HalfClose()
    {
        try
        {
            _server?.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // it has ended
        }
    }

    public void Dispose() => _ending.Dispose();

    private static async Task<Socket> ConnectAsync(RedisEndpoint server, CancellationToken cancellationToken)
    {
        if (server.SocketPath is { } path)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }

        var remote = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await remote.ConnectAsync(server.Host!, server.Port, cancellationToken);
        return remote;
    }

    private async Task PumpRequestsAsync(Socket server)
    {
        var buffer = new byte[PieceBytesMax];
        try
        {
            while (await client.ReceiveAsync(buffer, _ending.Token) is var count and > 0)
            {
                await link.Speed.WaitAsync(count, _ending.Token);
                await FlowAsync();
                await ForwardAsync(server, buffer.AsMemory(0, count));
            }

            server.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            await _ending.CancelAsync();
        }
    }

    private async Task ForwardAsync(Socket server, Memory<byte> piece)
    {
        switch (link.TakeArmed(piece.Span, out var at))
        {
            case { Kind: InterceptionKind.LoseReply } lost:
                Volatile.Write(ref _losing, lost);
                break;
            case { Kind: InterceptionKind.CutRequest } cut:
                await server.SendAsync(piece[..Math.Min(at + cut.Bytes, piece.Length)], _ending.Token);
                cut.Spring();
                await _ending.CancelAsync();
                return;
            case { Kind: InterceptionKind.HoldRequest } hold:
                Volatile.Write(ref _holding, hold);
                await server.SendAsync(piece[..at], _ending.Token);
                hold.Spring();
                await hold.Released.WaitAsync(_ending.Token);
                piece = piece[at..];
                break;
        }

        await server.SendAsync(piece, _ending.Token);
    }

    private async Task PumpRepliesAsync(Socket server)
    {
        var buffer = new byte[PieceBytesMax];
        while (await server.ReceiveAsync(buffer, _ending.Token) is var count and > 0)
        {
            if (buffer.AsSpan(0, count).IndexOf(Missing) >= 0) link.NoteFenced();
            link.Translate(buffer.AsSpan(0, count));
            if (Volatile.Read(ref _holding) is { Released.IsCompleted: true } held) held.Answer();
            if (Volatile.Read(ref _losing) is { } lost)
            {
                await Task.Delay(SwallowTime, _ending.Token);
                lost.Spring();
                return;
            }

            await link.Speed.WaitAsync(count, _ending.Token);
            await FlowAsync();
            await SendToClientAsync(buffer.AsMemory(0, count));
        }
    }

    private Task FlowAsync() => _isStranded ? Task.Delay(Timeout.Infinite, _ending.Token) : door.Valve.PassAsync(_ending.Token);

    private async Task SendToClientAsync(ReadOnlyMemory<byte> reply)
    {
        try
        {
            await client.SendAsync(reply, _ending.Token);
        }
        catch (SocketException)
        {
            // It has given up, and what it asked for happens all the same.
        }
    }
}
