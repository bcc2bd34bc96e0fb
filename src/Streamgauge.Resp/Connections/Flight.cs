using System.Threading.Tasks.Sources;

namespace Streamgauge.Resp;

/// <summary>Where a request is between being handed over and being answered. Changed only under the connection's lock.</summary>
internal enum FlightStage
{
    /// <summary>Not with a connection, or already answered.</summary>
    Landed,

    /// <summary>Handed over, not yet queued.</summary>
    Starting,

    /// <summary>Queued until bytes in flight drain; nothing of it was sent.</summary>
    Waiting,

    /// <summary>Written, its reply outstanding.</summary>
    InFlight,
}

/// <summary>The connection's side of one <see cref="RespRequest"/>: its place in the queue, its deadline, and the completion its owner awaits.</summary>
/// <remarks>
/// One object for all sends of a request, so that sending allocates nothing. Whoever moves the stage to <see cref="FlightStage.Landed"/> under the
/// lock owns the one call to <see cref="Succeed"/> or <see cref="Fail"/>, made outside the lock, and must not touch the flight after it:
/// the owner may already have sent it again.
/// </remarks>
internal sealed class Flight(RespRequest request) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private RespConnection? _connection;
    private int _taken; // 1 from Begin until the owner has seen the result

    public RespRequest Request => request;

    public FlightStage Stage { get; set; }

    /// <summary>Timestamp of the connection's time provider.</summary>
    public long Deadline { get; private set; }

    /// <summary>Bytes of the command; known once written.</summary>
    public int Bytes { get; set; }

    public CancellationToken CancellationToken { get; private set; }

    /// <summary>Set under the lock when the token fired before the reply.</summary>
    public bool IsCancelled { get; set; }

    public ValueTask Task => new(this, _completion.Version);

    /// <summary>Takes the request for one send.</summary>
    /// <exception cref="InvalidOperationException">It is already taken.</exception>
    public void Begin(RespConnection connection, long deadline, CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0) throw new InvalidOperationException("The request is still in flight; await its last send before sending it again, or use one object per concurrent send.");

        _connection = connection;
        Deadline = deadline;
        Bytes = 0;
        CancellationToken = ct;
        IsCancelled = false;
        Stage = FlightStage.Starting;

        // Before queueing, so that whoever completes the flight finds the registration. May call back at once; the stage tells.
        _cancellation = ct.CanBeCanceled ? ct.UnsafeRegister(static flight => ((Flight)flight!).OnCancelled(), this) : default;
    }

    public void Succeed()
    {
        Release();
        _completion.SetResult(true);
    }

    public void Fail(Exception exception)
    {
        Release();
        _completion.SetException(exception);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        // Throws for a second await; must not free a request that is in flight again.
        if (_completion.GetStatus(token) == ValueTaskSourceStatus.Pending) throw new InvalidOperationException("The request is not answered yet; await it.");
        try
        {
            _completion.GetResult(token);
        }
        finally
        {
            _completion.Reset();
            Volatile.Write(ref _taken, 0);
        }
    }

    private void OnCancelled() => _connection!.Cancel(this);

    private void Release()
    {
        // Waits for a callback that is running, so a late one can never cancel the request's next send.
        _cancellation.Dispose();
        _cancellation = default;
    }
}
