namespace Streamgauge.Drills;

/// <summary>The bounds that invariants I4 to I6 name.</summary>
internal static class DrillLimits
{
    /// <summary>I4: after a fault has ended, everything that was sent by then is counted within this time.</summary>
    public static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(60);

    /// <summary>I6: with an append-only file flushed every second, a power cut may take what was acknowledged in this time before it.</summary>
    public static readonly TimeSpan EverySecondLoss = TimeSpan.FromSeconds(2);

    /// <summary>I6: a failover may take what no replica confirmed and Redis alone acknowledged in this time before the master was lost.</summary>
    public static readonly TimeSpan FailoverLoss = TimeSpan.FromSeconds(1);

    /// <summary>I6: a master that was cut off with its clients may acknowledge, for this time, what is lost when it comes back.</summary>
    /// <remarks>With <c>min-replicas-max-lag 3</c>: Redis counts whole seconds, so that up to four are three, and looks once a second.</remarks>
    public static readonly TimeSpan CutOffLoss = TimeSpan.FromSeconds(5);

    /// <summary>After a failover, counting goes on within this time.</summary>
    public static readonly TimeSpan FailoverMax = TimeSpan.FromSeconds(15);

    /// <summary>I5: memory of a processor, and of the API, in RAM.</summary>
    public const long ProcessorBytesMax = 256L << 20;

    /// <summary>I5: memory of Redis for the events of a drill, which all stay in the stream.</summary>
    public const long RedisBytesMax = 512L << 20;

    /// <summary>Events of a drill: within the budget of a bucket of sessions, so that each stays visible by itself.</summary>
    public const int EventsMax = 900_000;
}
