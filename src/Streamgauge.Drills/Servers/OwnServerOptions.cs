namespace Streamgauge.Drills;

/// <summary>How the private redis-server of a drill keeps its data.</summary>
internal sealed record OwnServerOptions
{
    /// <summary>Redis's <c>appendfsync</c>.</summary>
    /// <value>Default <c>always</c>: what was acknowledged survives SIGKILL and power cuts.</value>
    public string Fsync { get; init; } = "always";

    /// <summary>TCP port of 127.0.0.1.</summary>
    /// <value>Default 0: it listens at its socket alone.</value>
    public int Port { get; init; }

    /// <summary>Further arguments: <c>--maxmemory 10mb</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What redis-server is started by: <c>env --ignore-signal=XFSZ</c>.</summary>
    public IReadOnlyList<string> Starter { get; init; } = [];

    /// <summary>Whether redis-check-aof cuts a torn file back before every start, as <c>streamgauge up</c> and our deployments do.</summary>
    /// <value>Default true. Only the tests that show a drill can fail switch it off.</value>
    public bool Repairs { get; init; } = true;
}
