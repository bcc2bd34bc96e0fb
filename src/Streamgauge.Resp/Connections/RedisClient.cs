namespace Streamgauge.Resp;

/// <summary>Holds one connection for the control plane and replaces it when it has closed.</summary>
/// <remarks>
/// Thread-safe. Connects when first asked and never on its own. Callers that come while an attempt runs share it. After a failed attempt a pause
/// runs (<see cref="RedisOptions.ReconnectDelay"/>, doubling); calls during the pause fail at once with the last error, so nobody queues up.
/// </remarks>
public sealed class RedisClient : IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposing = new();

    private readonly Lock _gate = new(); // guards everything below
    private readonly Backoff _backoff;
    private Task<RespConnection>? _attempt; // running, or the connection it gave
    private RedisException? _lastError;
    private long _pauseStart;
    private TimeSpan _pause;
    private bool _isDisposed;

    /// <param name="endpoint">Where to connect.</param>
    /// <param name="options">Must not change afterwards.</param>
    public RedisClient(RedisEndpoint endpoint, RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        RedisOptions.ThrowIfInvalid(options);
        Endpoint = endpoint;
        _options = options;
        _time = options.TimeProvider;
        _backoff = new Backoff(options.ReconnectDelay, options.ReconnectDelayMax, _time);
    }

    /// <summary>The server this client talks to.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>The open connection, or a new one.</summary>
    /// <param name="ct">Stops this caller's wait; a shared attempt goes on for the others, bounded by <see cref="RedisOptions.ConnectTimeout"/>.</param>
    /// <exception cref="RedisException">The attempt failed, or the last one did and its pause still runs.</exception>
    public ValueTask<RespConnection> GetAsync(CancellationToken ct)
    {
        Task<RespConnection> attempt;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_attempt is { IsCompletedSuccessfully: true } done)
            {
#pragma warning disable CA1849 // the task is complete, so Result cannot block, and an await cannot stand in a lock
                var connection = done.Result;
#pragma warning restore CA1849
                if (connection.IsOpen) return ValueTask.FromResult(connection);
                _attempt = null;
            }

            if (_attempt is null && _lastError is not null && _time.GetElapsedTime(_pauseStart) < _pause) return ValueTask.FromException<RespConnection>(Repeat(_lastError));
            attempt = _attempt ??= Task.Run(ConnectAsync, CancellationToken.None); // off the caller's thread, which holds the lock
        }

        return new ValueTask<RespConnection>(attempt.WaitAsync(ct));
    }

    /// <summary>Sends one command over the current connection. Nothing is retried: a failure says so, and the caller knows whether to send again.</summary>
    /// <inheritdoc cref="RespConnection.ExecuteAsync(RespRequest, TimeSpan?, CancellationToken)" path="/exception"/>
    public Task<RespValue> ExecuteAsync(string[] args, CancellationToken ct) => ExecuteAsync(new RespCommand(args), timeout: null, ct);

    /// <inheritdoc cref="ExecuteAsync(string[], CancellationToken)"/>
    public async Task<RespValue> ExecuteAsync(RespCommand command, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        var connection = await GetAsync(ct);
        return await connection.ExecuteAsync(command, timeout, ct);
    }

    /// <summary>Closes the connection and refuses further calls.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<RespConnection>? attempt;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            attempt = _attempt;
        }

        await _disposing.CancelAsync();
        try
        {
            if (attempt is not null) await (await attempt).DisposeAsync();
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException)
        {
            // Reported to whoever waited for the attempt; there is no connection to close.
        }

        _disposing.Dispose();
    }

    private async Task<RespConnection> ConnectAsync()
    {
        try
        {
            var connection = await RespConnection.ConnectAsync(Endpoint, _options, _disposing.Token);
            lock (_gate)
            {
                _backoff.Reset();
                _lastError = null;
            }

            return connection;
        }
        catch (OperationCanceledException e)
        {
            throw new ObjectDisposedException(nameof(RedisClient), e); // only DisposeAsync cancels an attempt
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _lastError = e as RedisException ?? new RedisConnectionException($"Cannot connect to {Endpoint}: {e.Message}", e);
                _pauseStart = _time.GetTimestamp();
                _pause = _backoff.Next();
                _attempt = null;
            }

            throw;
        }
    }

    /// <summary>The same failure as a new object: a shared instance would collect everybody's stack traces.</summary>
    private static RedisException Repeat(RedisException error) => error switch
    {
        RedisReplyException reply => new RedisReplyException(reply.Code, reply.Message, reply),
        RedisTimeoutException => new RedisTimeoutException(error.Message, error),
        _ => new RedisConnectionException(error.Message, error),
    };
}
