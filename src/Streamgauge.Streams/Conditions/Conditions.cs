using System.Collections.Frozen;
using Streamgauge.Resp;
using static Streamgauge.Streams.ConditionKind;

namespace Streamgauge.Streams;

/// <summary>Every condition there is, and which one an exception tells of. What each reply means was probed on redis-server 7.0.15.</summary>
/// <remarks>Of the replies among these, every one was given before the command did anything: what was sent may be sent again.</remarks>
public static class Conditions
{
    public static readonly Condition Unreachable = new("unreachable", Waits, "Redis cannot be reached", "Start it, or correct its address; reconnecting goes on by itself.");
    public static readonly Condition Timeout = new("timeout", Waits, "Redis does not answer in time", "See whether it is overloaded, paused or cut off (SLOWLOG GET, LATENCY DOCTOR); it goes on by itself once it answers.");
    public static readonly Condition Loading = new("loading", Waits, "Redis loads its data from disk", "Nothing to do: it goes on when the data is loaded, INFO persistence shows the progress.");
    public static readonly Condition Busy = new("busy", Waits, "Redis runs somebody's script or function and serves nobody else", "End it with FUNCTION KILL, or SCRIPT KILL if it came by EVAL; if it has written already, only waiting helps.");
    public static readonly Condition Misconf = new("misconf", Waits, "Redis cannot write to its disk and refuses writes", "Free space in its data folder or repair the disk; it goes on by itself then.");
    public static readonly Condition NoReplicas = new("no_replicas", Waits, "Redis has fewer replicas than min-replicas-to-write asks for and refuses writes", "Bring a replica back; it goes on by itself then.");
    public static readonly Condition OutOfMemory = new("out_of_memory", Waits, "Redis is full and takes no new events", "Counting frees memory by itself; if this lasts, raise maxmemory or lower --retain-bytes.");
    public static readonly Condition ReadOnly = new("read_only", Waits, "Redis is a replica and takes no writes", "If a failover is under way, it goes on by itself; else give --redis the master's address.");
    public static readonly Condition Cluster = new("cluster", Waits, "the cluster has no node for the stream's slot, or another than the one asked", "See CLUSTER INFO and CLUSTER SLOTS; it goes on by itself once the slot is served here.");
    public static readonly Condition TooManyClients = new("too_many_clients", Waits, "Redis has as many clients as maxclients allows", "See CLIENT LIST for who holds them, or raise maxclients; it goes on by itself then.");
    public static readonly Condition Unconfirmed = new("unconfirmed", Waits, "too few replicas confirm what was sent", "Bring the replicas back, or ask for fewer with --replicas; the sends are repeated by themselves, each counts once.");
    public static readonly Condition NoGroup = new("no_group", Waits, "the stream or its consumer group is gone", "Nothing to do: it is made anew at the committed floor. Find out who removed it (XGROUP DESTROY, DEL, FLUSHALL).");
    public static readonly Condition NoFunction = new("no_function", Waits, "Redis lacks the function library", "Nothing to do: it is loaded again. Find out who removed it (FUNCTION FLUSH), or whether a replica was without it.");

    public static readonly Condition Credentials = new("credentials", NeedsPerson, "Redis does not accept the password", "Correct STREAMGAUGE_REDIS_PASSWORD or the part of the address before '@', and start again; ACL LOG shows the attempts.");
    public static readonly Condition Permission = new("permission", NeedsPerson, "Redis does not permit the user what this role needs", "Grant it with ACL SETUSER; ACL LOG names the command and the key.");
    public static readonly Condition OldVersion = new("old_version", NeedsPerson, "Redis is older than 7.0 and has no functions", "Upgrade it.");
    public static readonly Condition NotDurable = new("not_durable", NeedsPerson, "Redis keeps data less safely than --durability asks for", "Set it as the log says, in redis.conf too, or ask for less with --durability.");
    public static readonly Condition WrongType = new("wrong_type", NeedsPerson, "one of our keys holds something else", "Somebody wrote to it: the log names the key; rename or delete it.");
    public static readonly Condition StreamExhausted = new("stream_exhausted", NeedsPerson, "a client has written the greatest entry id there is, and the stream takes no more", "Go on with another --stream; this one is counted to its end.");
    public static readonly Condition DeadLettersExhausted = new("dead_letters_exhausted", NeedsPerson, "a client has written the greatest id there is to the dead-letter stream, and it takes no letters", "RENAME it away (its letters stay in it), then delete that when you have read them; nothing was counted meanwhile, and it goes on by itself.");
    public static readonly Condition BooksSpoilt = new("books_spoilt", NeedsPerson, "the books do not say which entries are counted", "Somebody wrote to them: the log names the field. Set it to the last id that is counted, or restore a backup.");
    public static readonly Condition Protocol = new("protocol", NeedsPerson, "what answers does not speak Redis's protocol as we do", "See whether the address is that of Redis, and the log for what came; if it is Redis, please report it.");
    public static readonly Condition Refused = new("refused", NeedsPerson, "Redis refuses a command", "The log has its words; nothing was written, and it is tried again.");
    public static readonly Condition Failed = new("failed", NeedsPerson, "something failed that is not Redis", "This is a bug: please report it with the log; nothing was written, and it is tried again.");

    public static readonly Condition EvictionPolicy = new("eviction_policy", Caution, "Redis may evict the stream or the counts when it is full", "Run CONFIG SET maxmemory-policy noeviction, and put it into redis.conf.");
    public static readonly Condition MemoryHigh = new("memory_high", Caution, "Redis is close to maxmemory, beyond which it takes no new events", "Raise maxmemory, lower --retain-bytes, or keep views for less long.");
    public static readonly Condition SharedConsumer = new("shared_consumer", Caution, "another process counts under the same consumer name", "Give each its own --consumer-name, or none: they take each other's entries up, which costs time and counts nothing twice.");
    public static readonly Condition TakenOver = new("taken_over", Caution, "entries were counted by somebody else while this processor held them", "Nothing to do, nothing was counted twice. If it recurs, this processor is paused for longer than --claim-after.");
    public static readonly Condition ClockApart = new("clock_apart", Caution, "Redis's clock and ours differ", "Synchronise both (chrony, ntpd): ages and lag are by Redis's clock, the times in logs by ours. No counter depends on it.");
    public static readonly Condition IdsAhead = new("ids_ahead", Caution, "the stream's entry ids run ahead of Redis's clock", "Its clock stepped back, or a client wrote an id of its own: until the clock catches up, new entries get ids of that later time and events without ts count there.");

    public static readonly Condition GroupLost = new("group_lost", Damage, "the consumer group was gone although counts exist; it begins again at the committed floor", "Nothing is lost or counted twice by it; find out who removed it.");
    public static readonly Condition GroupSetBack = new("group_set_back", Damage, "entries were handed out again although counted, and refused", "The group was set backwards (XGROUP SETID) or made anew; nothing was counted twice. To count again on purpose, rebuild a view.");
    public static readonly Condition EntriesLost = new("entries_lost", Damage, "somebody removed entries that were delivered and not counted", "They are lost. Find out who runs XTRIM, XDEL or XADD with MAXLEN on the stream; retention is our housekeeping's work.");
    public static readonly Condition StateLost = new("state_lost", Damage, "Redis lost commits it had confirmed (FLUSHALL, restored backup, failover)", "Counting goes on from what it has. Counts and stream still agree with each other; what is missing can be replayed from its source, or restored from a backup.");
    public static readonly Condition Drift = new("drift", Damage, "a count of the retained stream gives other numbers than those stored", "Run streamgauge verify for all of them and find out who writes to our keys; a declared view is repaired by a rebuild.");

    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<Condition> All { get; } =
    [
        Unreachable, Timeout, Loading, Busy, Misconf, NoReplicas, OutOfMemory, ReadOnly, Cluster, TooManyClients, Unconfirmed, NoGroup, NoFunction,
        Credentials, Permission, OldVersion, NotDurable, WrongType, StreamExhausted, DeadLettersExhausted, BooksSpoilt, Protocol, Refused, Failed,
        EvictionPolicy, MemoryHigh, SharedConsumer, TakenOver, ClockApart, IdsAhead,
        GroupLost, GroupSetBack, EntriesLost, StateLost, Drift,
    ];

    private static readonly FrozenDictionary<string, Condition> ByCode = new Dictionary<string, Condition>(StringComparer.Ordinal)
    {
        ["LOADING"] = Loading, ["BUSY"] = Busy, ["MISCONF"] = Misconf, ["NOREPLICAS"] = NoReplicas, ["OOM"] = OutOfMemory,
        ["READONLY"] = ReadOnly, ["MASTERDOWN"] = ReadOnly, ["UNBLOCKED"] = ReadOnly,
        ["MOVED"] = Cluster, ["ASK"] = Cluster, ["TRYAGAIN"] = Cluster, ["CLUSTERDOWN"] = Cluster,
        ["NOGROUP"] = NoGroup, ["NOAUTH"] = Credentials, ["WRONGPASS"] = Credentials, ["NOPERM"] = Permission,
        ["WRONGTYPE"] = WrongType, ["SGTYPE"] = WrongType, ["SGDEAD"] = DeadLettersExhausted, ["SGBOOKS"] = BooksSpoilt,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Replies without a code of their own, told by a part of their text. Source: redis/redis src/server.c, networking.c, script.c, t_stream.c.
    private static readonly (string Part, Condition Condition)[] ByText =
    [
        ("Function not found", NoFunction),
        ("ACL failure in script", Permission),
        ("can't run this command", Permission),
        ("max number of clients reached", TooManyClients),
        ("exhausted the last possible ID", StreamExhausted),
        ("stream key no longer exists", NoGroup),
    ];

    /// <summary>What an exception tells of; <see cref="Refused"/> or <see cref="Failed"/> when it is nothing known.</summary>
    public static Condition Of(Exception cause) => cause switch
    {
        RedisConnectionException => Unreachable,
        RedisTimeoutException => Timeout,
        RespProtocolException => Protocol,
        ServerUnsuitableException unsuitable => unsuitable.Condition,
        RedisReplyException reply => Of(reply),
        { InnerException: RedisReplyException reply } => Of(reply), // what a reply made us say in our own words
        _ => Failed,
    };

    private static Condition Of(RedisReplyException reply)
    {
        foreach (var (part, condition) in ByText)
        {
            if (reply.Message.Contains(part, StringComparison.Ordinal)) return condition;
        }

        return ByCode.GetValueOrDefault(reply.Code, Refused);
    }
}
