namespace Streamgauge.Drills;

/// <summary>The fault matrix: every row is a scenario, or says why it is none.</summary>
public static class ScenarioList
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new F01ProcessorKilled(),
        new F02Zombie(),
        new F03SharedName(),
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
        new("F12", "the replica that writes wait for is lost", "a drill runs one redis-server without replicas; the suite has a sender and a processor without theirs"),
        new("F13", "Sentinel fails over from a master that was killed", "a drill runs one redis-server; the suite does it with real sentinels"),
        new("F14", "Sentinel fails over from a master that comes back", "a drill runs one redis-server, and what the old master took meanwhile is lost by design: set min-replicas-to-write"),
        new("F15", "a minority is cut off together with its clients", "a drill runs one redis-server, and what the minority took is lost by design: set min-replicas-to-write"),
        new("F16", "a Redis Cluster fails over", "a drill runs one redis-server; the suite does it with a real cluster"),
        new("F17", "a slot of a Redis Cluster moves under load", "a drill runs one redis-server; the suite does it with a real cluster"),
        new("F30", "all producers send again at once after an outage", "a drill has one sender that waits; the suite has senders that spool and send again"),
        new("F31", "a producer's buffer runs full during an outage", "a drill has one sender that waits; the suite has senders that spool and fill their spool"),
    ];

    /// <summary>The scenario of a row; null when there is none.</summary>
    public static Scenario? Find(string id) => All.FirstOrDefault(scenario => string.Equals(scenario.Id, id, StringComparison.OrdinalIgnoreCase));
}
