using System.Net.Sockets;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>The network between one client and all servers it may be sent to: a TCP proxy that stalls, slows, cuts, and swallows replies.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly List<Door> _doors;
    private readonly AddressBook _addresses;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<LinkConnection> _connections = [];
    private readonly Task _accepting;
    private Interception? _armed;
    private int _fenced;
    private int _accepted;

    /// <param name="word">What the requests that matter on it contain.</param>
    public Link(IServer server, string word)
    {
        _doors = [.. server.Nodes.Select(node => new Door(node))];
        _addresses = new AddressBook(_doors);
        Word = word;
        Endpoint = server.Endpoint.Topology is null
            ? server.Endpoint with { Host = _doors[0].Host.Name, Port = _doors[0].Host.Port, SocketPath = null }
            : _addresses.Translate(server.Endpoint);
        _accepting = Task.WhenAll(_doors.Select(AcceptAsync));
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
    public void Stall() => Stall(_ => true);

    /// <summary>A partition between the client and some of the servers.</summary>
    public void Stall(Predicate<ServerNode> unreachable)
    {
        foreach (var door in _doors.Where(door => unreachable(door.Server))) door.Valve.Close();
    }

    /// <summary>Ends everything that was done to it: what waits goes on, traps are taken away.</summary>
    public void Heal()
    {
        Speed = LinkSpeed.Full;
        Interlocked.Exchange(ref _armed, null)?.Release();
        foreach (var door in _doors) door.Valve.Open();
        ForEach(connection => connection.Release());
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
        foreach (var door in _doors) door.Listener.Stop();
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

    internal void Translate(Span<byte> reply) => _addresses.Translate(reply);

    private void ForEach(Action<LinkConnection> act)
    {
        lock (_gate)
        {
            foreach (var connection in _connections) act(connection);
        }
    }

    private async Task AcceptAsync(Door door)
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var client = await door.Listener.AcceptSocketAsync(_stopping.Token);
                Interlocked.Increment(ref _accepted);
                carrying.RemoveAll(task => task.IsCompleted);
                carrying.Add(Task.Run(() => CarryAsync(door, client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(carrying);
        }
    }

    private async Task CarryAsync(Door door, Socket client)
    {
        var connection = new LinkConnection(this, door, client, _stopping.Token);
        lock (_gate) _connections.Add(connection);
        await connection.CarryAsync();
        lock (_gate) _connections.Remove(connection);
        connection.Dispose();
    }
}
