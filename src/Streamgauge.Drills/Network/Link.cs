using System.Net;
using System.Net.Sockets;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>The network between one client and the server: a TCP proxy that stalls, slows, cuts, and swallows replies.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly RedisEndpoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<LinkConnection> _connections = [];
    private readonly Task _accepting;
    private TaskCompletionSource _flowing = Flowing();
    private Interception? _armed;
    private int _fenced;
    private int _accepted;

    /// <param name="server">Where the bytes go: a TCP port or a Unix socket.</param>
    /// <param name="word">What the requests that matter on it contain.</param>
    public Link(RedisEndpoint server, string word)
    {
        _server = server;
        Word = word;
        _listener.Start();
        Endpoint = server with { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port, SocketPath = null };
        _accepting = AcceptAsync();
    }

    /// <summary>Where the client connects.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>What the requests that matter on it contain: the commits of a processor, the appends of a producer.</summary>
    public string Word { get; }

    public LinkSpeed Speed { get; set; } = LinkSpeed.Full;

    /// <summary>Commits that the server refused because their entries were counted or taken over: the fence at work.</summary>
    public int Fenced => Volatile.Read(ref _fenced);

    /// <summary>Connections made over it so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>A partition: whatever is sent waits, connections are taken and stay silent. Nobody is told.</summary>
    public void Stall()
    {
        lock (_gate)
        {
            if (_flowing.Task.IsCompleted) _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends everything that was done to it: what waits goes on, traps are taken away.</summary>
    public void Heal()
    {
        Speed = LinkSpeed.Full;
        Interlocked.Exchange(ref _armed, null)?.Release();
        lock (_gate)
        {
            _flowing.TrySetResult();
            foreach (var connection in _connections) connection.Release();
        }
    }

    /// <summary>Ends every connection at once.</summary>
    public void Cut() => ForEach(connection => connection.Cut());

    /// <summary>Every connection is half open from now on: it stays, and nothing ever passes over it again. New ones work.</summary>
    public void Strand() => ForEach(connection => connection.Strand());

    /// <summary>The server sees the end of what its clients say; what it says still arrives.</summary>
    public void HalfClose() => ForEach(connection => connection.HalfClose());

    /// <summary>Sets a trap for the next request that contains a word. There is one at a time.</summary>
    public Interception Arm(Interception interception)
    {
        Volatile.Write(ref _armed, interception);
        return interception;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Cut();
        Heal();
        await _accepting;
        _stopping.Dispose();
    }

    /// <summary>The trap, if it is set and this piece of a request contains its word. Springs once.</summary>
    internal Interception? TakeArmed(ReadOnlySpan<byte> bytes, out int at)
    {
        at = -1;
        if (Volatile.Read(ref _armed) is not { } armed || (at = bytes.IndexOf(armed.Word)) < 0) return null;
        return Interlocked.CompareExchange(ref _armed, null, armed) == armed ? armed : null;
    }

    internal void NoteFenced() => Interlocked.Increment(ref _fenced);

    internal Task FlowAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _flowing.Task.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }

    private void ForEach(Action<LinkConnection> act)
    {
        lock (_gate)
        {
            foreach (var connection in _connections) act(connection);
        }
    }

    private async Task AcceptAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                Interlocked.Increment(ref _accepted);
                carrying.RemoveAll(task => task.IsCompleted);
                carrying.Add(Task.Run(() => CarryAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(carrying);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        var connection = new LinkConnection(this, client, _stopping.Token);
        lock (_gate) _connections.Add(connection);
        await connection.CarryAsync(_server);
        lock (_gate) _connections.Remove(connection);
        connection.Dispose();
    }
}
