using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>What to look at, and by which measure.</summary>
public sealed class DiagnosisOptions
{
    /// <summary>Where Redis is; of a cluster, any node.</summary>
    public required RedisEndpoint Redis { get; init; }

    /// <summary>Timeouts of the connections, and where time comes from.</summary>
    public RedisOptions Connection { get; init; } = new();

    /// <summary>The stream that is counted.</summary>
    public required StreamKeys Keys { get; init; }

    /// <summary>The group that counts it.</summary>
    public required string Group { get; init; }

    /// <summary>Silence after which a processor's entries are taken over, as its processors were told.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan ClaimAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long counted entries are kept, as the processors were told.</summary>
    public TendOptions Tend { get; init; } = new();
}
