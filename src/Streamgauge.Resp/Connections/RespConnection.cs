namespace Streamgauge.Resp;

/// <summary>One connection to one server: pipelined, bounded, and never in doubt which reply belongs to which request.</summary>
/// <remarks>
/// Thread-safe. Replies arrive in request order and are matched by a queue. Whatever could break that order (a timeout, a cancellation in flight,
/// an I/O or protocol error) closes the connection and fails everything in flight. Nothing is ever resent and nothing reconnects in here;
/// see <see cref="RedisClient"/> for that.
/// </remarks>
public sealed partial class RespConnection : IAsyncDisposable
{
    private static readonly TimeSpan DeadlineCheckPeriod = TimeSpan.FromMilliseconds(100);

    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly Stream _stream;
    private readonly ITimer _deadlineTimer;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // _gate guards everything down to _fault. No completion, callback or I/O runs under it; RespRequest.Write does.
    private readonly Lock _gate = new();
    private readonly Queue<Flight> _inFlight = new();
    private readonly Queue<Flight> _waiting = new();
    private readonly RespWriter _parked = new(); // the command of _waiting's head once written, while it does not fit
    private readonly List<(Flight Flight, Exception Exception)> _refused = []; // to fail once the lock is left
    private RespWriter _pending = new();
    private long _inFlightBytes;
    private bool _isSending;
    private Exception? _fault;

    private RespConnection(RedisEndpoint endpoint, RedisTopology? topology, RedisOptions options, Stream stream)
    {
        Endpoint = endpoint;
        Topology = topology;
        _options = options;
        _time = options.TimeProvider;
        _stream = stream;
        _resumeSending = ResumeSending;
        _deadlineTimer = _time.CreateTimer(static state => ((RespConnection)state!).CheckDeadlines(), this, DeadlineCheckPeriod, DeadlineCheckPeriod);
    }

    /// <summary>The server this connection leads to.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>What the server was found by, and what finds another when this one turns out to be the wrong one; null for an address that names its server.</summary>
    public RedisTopology? Topology { get; }

    /// <summary>False once closed, for whatever reason.</summary>
    public bool IsOpen => Fault is null;

    /// <summary>Why the connection closed; null while it is open.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Completes, always successfully, when the connection has closed. <see cref="Fault"/> tells why.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Bytes of commands sent or about to be, and not answered yet.</summary>
    internal long InFlightBytes
    {
        get
        {
            lock (_gate) return _inFlightBytes;
        }
    }

    /// <summary>Sends one request and waits for its reply. Data plane: allocates nothing in steady state.</summary>
    /// <param name="request">Belongs to the connection until the returned task was awaited, which must happen exactly once.</param>
    /// <param name="timeout">Bound from now to the reply; null for <see cref="RedisOptions.CommandTimeout"/>. A blocking read passes its own.</param>
    /// <param name="ct">While the request waits for room, cancelling just withdraws it. Once it is sent, cancelling <b>closes the connection</b>,
    /// because its late reply could otherwise not be told from the next one's; other requests in flight then fail with <see cref="RedisConnectionException"/>.</param>
    /// <exception cref="RedisReplyException">The server answered with an error; <see cref="RespRequest.Read"/> was not called.</exception>
    /// <exception cref="RedisTimeoutException">No reply in time. If the request was sent, the connection is closed.</exception>
    /// <exception cref="RedisConnectionException">The connection is or was closed before the reply came.</exception>
    /// <exception cref="InvalidOperationException">The request is still in flight, or did not write exactly one command.</exception>
    public ValueTask ExecuteAsync(RespRequest request, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (ct.IsCancellationRequested) return ValueTask.FromCanceled(ct);
        var flight = request.Flight;
        flight.Begin(this, DeadlineFor(timeout ?? _options.CommandTimeout), ct);
        var task = flight.Task;
        Start(flight);
        return task;
    }

    /// <summary>Sends one command of the control plane and returns its reply as a tree.</summary>
    /// <inheritdoc cref="ExecuteAsync(RespRequest, TimeSpan?, CancellationToken)" path="/exception"/>
    public Task<RespValue> ExecuteAsync(string[] arguments, CancellationToken ct = default) =>
        ExecuteAsync(new RespCommand(arguments), timeout: null, ct);

    /// <inheritdoc cref="ExecuteAsync(string[], CancellationToken)"/>
    public async Task<RespValue> ExecuteAsync(RespCommand command, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        var request = new CommandRequest(command);
        await ExecuteAsync(request, timeout, ct);
        return request.Reply!;
    }

    /// <summary>Closes the connection; requests in flight fail with <see cref="RedisConnectionException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new RedisConnectionException($"The connection to {Endpoint} was closed by its owner."));
        await _readLoop;
    }
}
