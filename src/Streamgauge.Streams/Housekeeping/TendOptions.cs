namespace Streamgauge.Streams;

/// <summary>How long things that are done with are kept.</summary>
public sealed record TendOptions
{
    /// <summary>How long counted entries stay in the stream, for whoever wants to read them again.</summary>
    /// <value>Default 1 hour. Entries that are pending or undelivered in any group are never trimmed.</value>
    public TimeSpan Retain { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Size of the stream above which counted entries go earlier than <see cref="Retain"/> says, in bytes of Redis memory.</summary>
    /// <value>Default 256 MiB.</value>
    public long RetainBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>Silence after which a consumer without pending entries is forgotten.</summary>
    /// <value>Default 10 minutes.</value>
    public TimeSpan ForgetConsumersAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Silence after which a producer's sequence is forgotten; a repeated send later than that would count twice.</summary>
    /// <value>Default 24 hours.</value>
    public TimeSpan ForgetProducersAfter { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>What one round of housekeeping did.</summary>
public sealed record TendResult(long TrimmedEntries, long StreamLength, long StreamBytes, long ForgottenConsumers);
