namespace Streamgauge.Drills;

/// <summary>Which private servers a scenario wants.</summary>
internal enum ServerKind
{
    /// <summary>One redis-server.</summary>
    Single,

    /// <summary>A master and two replicas, watched by three sentinels.</summary>
    Sentinels,

    /// <summary>A Redis Cluster of three masters with a replica each.</summary>
    Cluster,
}
