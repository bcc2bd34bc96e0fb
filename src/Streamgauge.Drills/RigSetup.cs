namespace Streamgauge.Drills;

/// <summary>What a scenario wants to find when it begins.</summary>
internal sealed record RigSetup
{
    public static readonly TimeSpan ClaimAfterDefault = TimeSpan.FromSeconds(1);

    /// <summary>A set that can fail over, of which an acknowledged event survives the loss of any server: both replicas confirm.</summary>
    public static readonly RigSetup Replicated = new() { Kind = ServerKind.Sentinels, ConfirmedBy = 2, Server = SentinelServers.MinReplicas };

    public OwnServerOptions Server { get; init; } = new();

    /// <summary>Which private servers; <see cref="Server"/> then says how each of them keeps its data.</summary>
    public ServerKind Kind { get; init; }

    /// <summary>Replicas that must confirm before a producer takes an event for acknowledged: durability <c>replicated</c>.</summary>
    /// <value>Default 0: Redis's own reply is enough.</value>
    public int ConfirmedBy { get; init; }

    /// <summary>Silence after which sentinels or a cluster take a server for dead.</summary>
    /// <value>Default 1.5 s.</value>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Processors that count from the beginning.</summary>
    /// <value>Default 2: one can take over from the other.</value>
    public int Processors { get; init; } = 2;

    /// <summary>A consumer name that all processors bear; null for names of their own.</summary>
    public string? ConsumerName { get; init; }

    /// <summary>Silence after which a processor's entries are taken over.</summary>
    /// <value>Default 1 s: short, so that a drill need not wait half a minute for it.</value>
    public TimeSpan ClaimAfter { get; init; } = ClaimAfterDefault;

    /// <summary>How long Redis may take to answer a processor.</summary>
    /// <value>Default 500 ms; less than <see cref="ClaimAfter"/>.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether processors tell about their health over HTTP.</summary>
    public bool TellsHealth { get; init; }

    /// <summary>Share of the events that naive clients send with XADD; the product's sender sends the rest.</summary>
    /// <value>Default a tenth.</value>
    public double PlainShare { get; init; } = 0.1;

    /// <summary>Whether an API runs beside, whose totals are watched.</summary>
    public bool StartsApi { get; init; }

    /// <summary>Whether the load runs from the beginning; else the scenario starts it.</summary>
    public bool StartsLoad { get; init; } = true;
}
