namespace Streamgauge.Streams;

/// <summary>What the acknowledgement of a send promises. What can be lost when is in <c>docs/durability.md</c>.</summary>
public enum DurabilityLevel
{
    /// <summary>It is in Redis's memory; what Redis does with it then is not asked.</summary>
    Memory,

    /// <summary>It is in Redis's memory and on its disk within two seconds.</summary>
    EverySec,

    /// <summary>It is on Redis's disk.</summary>
    Always,

    /// <summary>It is in the memory of Redis and of enough replicas; where the server can say so and has an append-only file, on their disks.</summary>
    Replicated,
}
