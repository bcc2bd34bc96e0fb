using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>How the private Redis keeps its data.</summary>
internal sealed record OwnRedisOptions
{
    /// <summary>Folder for its data, its log and its lock. Created if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Memory bound; at it, new events are refused and counting goes on.</summary>
    /// <value>Default 1 GiB.</value>
    public long MaxMemoryBytes { get; init; } = 1L << 30;

    /// <summary>When the append-only file reaches the disk: <c>always</c>, <c>everysec</c>, <c>no</c>, or <c>off</c> for no file at all.</summary>
    /// <value>Default <c>everysec</c>: a power cut loses at most the last two seconds.</value>
    public string Fsync { get; init; } = "everysec";

    /// <summary>Redis's <c>appendonly</c>.</summary>
    public string AppendOnly => Fsync == "off" ? "no" : "yes";

    /// <summary>Redis's <c>appendfsync</c>.</summary>
    public string AppendFsync => Fsync == "off" ? "no" : Fsync;

    /// <summary>Why this server cannot give the durability asked for; null when it can.</summary>
    public string? FindProblem(DurabilityLevel level) => level switch
    {
        DurabilityLevel.Always when Fsync != "always" => $"--durability always needs --fsync always of the private Redis, was {Fsync}.",
        DurabilityLevel.EverySec when Fsync is not ("always" or "everysec") => $"--durability everysec needs --fsync everysec or always of the private Redis, was {Fsync}.",
        DurabilityLevel.Replicated => "--durability replicated needs replicas, and a private Redis has none: use one that has them with --redis.",
        _ => null,
    };
}
