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
        new F12ReplicasLost(),
        new F13Failover(),
        new F14ZombieMaster(),
        new F15Minority(),
        new F16ClusterFailover(),
        new F17SlotMoved(),
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
        new("F30", "all producers send again at once after an outage", "a drill has one sender that waits; the suite has senders that spool and send again"),
        new("F31", "a producer's buffer runs full during an outage", "a drill has one sender that waits; the suite has senders that spool and fill their spool"),
    ];

    /// <summary>The scenario of a row; null when there is none.</summary>
    public static Scenario? Find(string id) => All.FirstOrDefault(scenario => string.Equals(scenario.Id, id, StringComparison.OrdinalIgnoreCase));
}
