namespace Streamgauge.Resp;

/// <summary>One round of asking the servers of a topology: connects within what is left of the time, and collects what went wrong.</summary>
internal sealed class SearchRound(RedisEndpoint endpoint, RedisTopology topology, RedisOptions options, long started, CancellationToken ct)
{
    private const int AttemptsMax = 4;

    // A server that keeps silent takes no more than this from the others.
    private readonly TimeSpan _attemptMax = options.ConnectTimeout / Math.Min(AttemptsMax, topology.Seeds.Count + 1);
    private readonly List<RedisException> _problems = [];

    public RedisEndpoint Endpoint => endpoint;

    public CancellationToken CancellationToken => ct;

    /// <summary>Whether somebody knew where to go and the place was not ready: it may be in a moment.</summary>
    public bool IsWorthWaiting { get; set; }

    /// <summary>Whether another round would be cut short, and end in a message about time instead of the cause.</summary>
    public bool IsLast => Left < _attemptMax + RedisTopology.RoundPause;

    private TimeSpan Left => options.ConnectTimeout - options.TimeProvider.GetElapsedTime(started);

    /// <summary>Connects to one of the servers that hold data; the connection closes when that says it is the wrong one.</summary>
    public Task<RespConnection> ConnectAsync(RedisHost host) => RespConnection.ConnectToAsync(At(host), topology, options, AttemptBound(), ct);

    /// <summary>Connects to a sentinel, which has a password of its own and no databases.</summary>
    public Task<RespConnection> ConnectToSentinelAsync(RedisHost host) =>
        RespConnection.ConnectToAsync(At(host) with { User = null, Password = endpoint.SentinelPassword, PasswordFile = endpoint.SentinelPasswordFile, Database = 0 }, topology: null, options, AttemptBound(), ct);

    public void Add(RedisException problem) => _problems.Add(problem);

    /// <summary>The one sentence for a search that found nothing: each server's own words behind it.</summary>
    public RedisException Failure()
    {
        // What waiting cannot heal is the better explanation: a refused password, a name nobody knows.
        if (_problems.Find(problem => !problem.IsTransient) is { } lasting) return lasting;
        var words = string.Join(" ", _problems.Select(problem => problem.Message).Distinct(StringComparer.Ordinal));
        return new RedisConnectionException($"Cannot find the server to use behind {endpoint}. {words}", _problems.Count == 0 ? null : _problems[^1]);
    }

    private RedisEndpoint At(RedisHost host) => endpoint with { Host = host.Name, Port = host.Port, Topology = null };

    private TimeSpan AttemptBound() => TimeSpan.FromTicks(Math.Clamp(Left.Ticks, 1, _attemptMax.Ticks));
}
