namespace Streamgauge.Resp;

/// <summary>Several servers behind one address, of which the right one is found each time somebody connects.</summary>
/// <remarks>
/// Resolve when connecting, close when wrong. A server that says it is not the right one any more (<see cref="IsWrongServer"/>), or of which somebody
/// else says so (<see cref="WatchAsync"/>), has its connection closed, which callers meet like every break: they connect again, and that finds the right one.
/// Shared by all connections of an address, and remembers which servers answered. Thread-safe.
/// </remarks>
public abstract class RedisTopology
{
    // Failovers and moving slots take seconds; ten looks a second cost the servers nothing.
    internal static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(100);

    private protected RedisTopology(IReadOnlyList<RedisHost> seeds)
    {
        Seeds = seeds;
        Known = new KnownHosts(seeds);
    }

    /// <summary>The servers the address names; at least one.</summary>
    public IReadOnlyList<RedisHost> Seeds { get; }

    internal KnownHosts Known { get; }

    /// <summary>The scheme's second half: <c>sentinel</c> in <c>redis+sentinel://</c>.</summary>
    internal abstract string Scheme { get; }

    /// <summary>Connects to the right server, asking until <see cref="RedisOptions.ConnectTimeout"/> while the topology is known but changing.</summary>
    /// <exception cref="RedisException">As <see cref="RespConnection.ConnectAsync"/>.</exception>
    internal async Task<RespConnection> ConnectAsync(RedisEndpoint endpoint, RedisOptions options, CancellationToken ct)
    {
        var started = options.TimeProvider.GetTimestamp();
        while (true)
        {
            var round = new SearchRound(endpoint, this, options, started, ct);
            if (await SearchAsync(round) is { } connection)
            {
                _ = WatchAsync(connection, endpoint, options);
                return connection;
            }

            // Nobody who knows could be asked, or what they say will not change by itself: waiting is the caller's business.
            if (round.IsLast || !round.IsWorthWaiting) throw round.Failure();
            await Task.Delay(RoundPause, options.TimeProvider, ct);
        }
    }

    /// <summary>Whether an error reply says that its sender is not, or no longer, the server to talk to. Also takes a hint where to go.</summary>
    internal abstract bool IsWrongServer(RedisHost server, RedisReplyException error);

    /// <summary>Looks, for as long as a connection is open, whether it leads to the right server, where the server itself is late to know. Never throws.</summary>
    private protected virtual Task WatchAsync(RespConnection connection, RedisEndpoint endpoint, RedisOptions options) => Task.CompletedTask;

    /// <summary>Asks everybody known once. Null when the right server was not reached; the round then knows why.</summary>
    private protected abstract Task<RespConnection?> SearchAsync(SearchRound round);
}
