namespace Streamgauge.TestKit;

/// <summary>What a test wants of its private server.</summary>
public sealed record RedisServerOptions
{
    /// <summary>Whether every write is on disk before it is answered, so that <see cref="RedisServer.Kill"/> loses nothing.</summary>
    /// <value>Default false: a restarted server is empty.</value>
    public bool AppendOnly { get; init; }

    /// <summary>Whether the server listens on a free TCP port of 127.0.0.1 beside its socket.</summary>
    public bool UseTcp { get; init; }

    /// <summary>Whom <see cref="RedisServer.Endpoint"/> names, where the default user is off; null for the default user.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Further arguments: <c>--maxmemory 10mb</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
