namespace Streamgauge.Drills;

/// <summary>The fault matrix: every row is a scenario, or says why it is none.</summary>
public static class ScenarioList
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new F01ProcessorKilled(),
        new F02Zombie(),
        new F04ReplyLost(),
        new F05RequestCut(),
        new F06RedisKilled(),
        new F07TornFile(),
        new F08FileDamaged(),
        new F09DiskFull(),
        new F10MemoryFull(),
        new F11EvictionPolicy(),
        new F18HalfOpen(),
        new F19SlowLink(),
        new F20Busy(),
        new F21Loading(),
        new F22ClockStep(),
        new F23Trimmed(),
        new F24GroupDestroyed(),
        new F25SetBack(),
        new F26RollingUpgrade(),
        new F27Scaling(),
        new F28Terminated(),
        new F29SlowReaders(),
        new F32Restored(),
        new F33OutputBuffer(),
        new F34OutOfResources(),
    ];

    public static IReadOnlyList<AbsentRow> Absent { get; } =
    [
        new("F03", "two processors have the same consumer name", "each start has a name of its own, and no option makes two alike"),
        new("F12", "the replica that writes wait for is lost", "a drill runs one redis-server, without replicas"),
        new("F13", "Sentinel fails over from a master that was killed", "clients do not follow Sentinel"),
        new("F14", "Sentinel fails over from a master that comes back", "clients do not follow Sentinel"),
        new("F15", "a minority is cut off together with its clients", "clients do not follow Sentinel"),
        new("F16", "a Redis Cluster fails over", "clients do not follow a Cluster"),
        new("F17", "a slot of a Redis Cluster moves under load", "clients do not follow a Cluster"),
        new("F30", "all producers send again at once after an outage", "senders offer no policy for a full buffer but to wait"),
        new("F31", "a producer's buffer runs full during an outage", "senders offer no policy for a full buffer but to wait"),
    ];

    /// <summary>The scenario of a row; null when there is none.</summary>
    public static Scenario? Find(string id) => All.FirstOrDefault(scenario => string.Equals(scenario.Id, id, StringComparison.OrdinalIgnoreCase));
}
