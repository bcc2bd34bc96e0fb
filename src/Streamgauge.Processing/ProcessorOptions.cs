using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Processing;

/// <summary>How a processor counts.</summary>
public sealed class ProcessorOptions
{
    /// <summary>Where Redis is.</summary>
    public required RedisEndpoint Redis { get; set; }

    /// <summary>Timeouts and bounds of the connections.</summary>
    public RedisOptions Connection { get; set; } = new();

    /// <summary>Stream to count.</summary>
    /// <value>Default <c>events</c>.</value>
    public string Stream { get; set; } = "events";

    /// <summary>Consumer group all processors of this stream share.</summary>
    /// <value>Default <c>event_group</c>.</value>
    public string Group { get; set; } = "event_group";

    /// <summary>Beginning of the consumer names; each start adds a random suffix, so that no two processes ever share a name.</summary>
    /// <value>Default <c>proc</c>.</value>
    public string ConsumerPrefix { get; set; } = "proc";

    /// <summary>The consumer's whole name, for those who need it to stay the same; only for one worker, and one process at a time.</summary>
    /// <value>Default null: <see cref="ConsumerPrefix"/> and a suffix. Two processes under one name are noticed, and count nothing twice, but hinder each other.</value>
    public string? ConsumerName { get; set; }

    /// <summary>Workers in this process, each a consumer of its own.</summary>
    /// <value>Default 1, 1 to 64.</value>
    public int Workers { get; set; } = 1;

    /// <summary>How long sessions are kept.</summary>
    /// <value>Default 24 h, 1 minute to 31 days.</value>
    public TimeSpan SessionRetain { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Sessions per quarter of <see cref="SessionRetain"/>; beyond it new ones count as <c>(other)</c>.</summary>
    /// <value>Default 1,000,000.</value>
    public int SessionsMax { get; set; } = 1_000_000;

    /// <summary>Most events of a commit. Under load commits grow up to here while they touch few counters.</summary>
    /// <value>Default 16,000, 1 to 50,000.</value>
    public int EventsPerCommitMax { get; set; } = 16_000;

    /// <summary>Counters a commit may touch; it holds Redis for about 3 µs per counter, during which nobody else is served.</summary>
    /// <value>Default 3,000, 1 to 50,000.</value>
    public int RowsPerCommit { get; set; } = 3_000;

    /// <summary>Most entries one read asks for.</summary>
    /// <value>Default 1,000, 1 to 4,000.</value>
    public int EntriesPerReadMax { get; set; } = 1_000;

    /// <summary>Batches read and not yet committed.</summary>
    /// <value>Default 3, 1 to 16.</value>
    public int BatchesInFlight { get; set; } = 3;

    /// <summary>How long an entry may stay unacknowledged before a peer takes it over.</summary>
    /// <value>Default 30 s. Must exceed the command timeout, or live work would be taken over.</value>
    public TimeSpan ClaimAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to look for such entries, and to trim.</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan HousekeepingEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often to look at Redis's memory, policy and clock, and for signs of interference.</summary>
    /// <value>Default 5 s.</value>
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the retained stream is counted again and compared, by one process of the group at a time.</summary>
    /// <value>Default 5 minutes; zero for never, else at least 1 s. An audit that takes longer than this is given up.</value>
    public TimeSpan AuditEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>When entries are given up on.</summary>
    public RecoveryLimits Recovery { get; set; } = new();

    /// <summary>How long things that are done with are kept.</summary>
    public TendOptions Tend { get; set; } = new();

    /// <summary>The views counted whatever is declared.</summary>
    public IReadOnlyList<ViewDefinition> BuiltInViews =>
        [Views.BuiltInViews.Total, Views.BuiltInViews.EventTypes, Views.BuiltInViews.Products, Views.BuiltInViews.Sessions(SessionRetain, SessionsMax)];

    /// <summary>Every mistake, in words for whoever wrote them; empty when all is well.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var problems = new List<string>();
        if (StreamKeys.FindProblem(Stream) is { } problem) problems.Add(problem);
        if (Group.Length is 0 or > 128) problems.Add("the group needs a name of 1 to 128 characters");
        if (Workers is < 1 or > 64) problems.Add($"workers must be 1 to 64, was {Workers}");
        if (ConsumerName is { Length: 0 or > 128 }) problems.Add("the consumer name needs 1 to 128 characters");
        if (ConsumerName is not null && Workers > 1) problems.Add($"one consumer name is for one worker (--processors 1), was {Workers}");
        if (SessionRetain < TimeSpan.FromMinutes(1) || SessionRetain > TimeSpan.FromDays(31)) problems.Add($"session retention must be 1 minute to 31 days, was {SessionRetain}");
        if (SessionsMax < 1) problems.Add($"the session budget must be at least 1, was {SessionsMax}");
        if (EventsPerCommitMax is < 1 or > 50_000) problems.Add($"events per commit must be 1 to 50,000, was {EventsPerCommitMax}");
        if (RowsPerCommit is < 1 or > 50_000) problems.Add($"rows per commit must be 1 to 50,000, was {RowsPerCommit}");
        if (EntriesPerReadMax is < 1 or > 4_000) problems.Add($"entries per read must be 1 to 4,000, was {EntriesPerReadMax}");
        if (BatchesInFlight is < 1 or > 16) problems.Add($"batches in flight must be 1 to 16, was {BatchesInFlight}");
        if (ClaimAfter <= Connection.CommandTimeout) problems.Add($"claim-after must exceed the command timeout (--timeout, {Connection.CommandTimeout}), was {ClaimAfter}");
        if (Recovery.DeliveriesMax < 2) problems.Add($"deliveries-max must be at least 2, or one restart would dead-letter sound entries; was {Recovery.DeliveriesMax}");
        if (HousekeepingEvery <= TimeSpan.Zero) problems.Add($"housekeeping must have a positive period, was {HousekeepingEvery}");
        if (WatchEvery <= TimeSpan.Zero) problems.Add($"the watch must have a positive period, was {WatchEvery}");
        if (AuditEvery != TimeSpan.Zero && AuditEvery < TimeSpan.FromSeconds(1)) problems.Add($"audits must be at least 1 s apart (--audit-every, 0 for none), was {AuditEvery}");
        if (Tend.Retain < TimeSpan.Zero || Tend.RetainBytesMax < 0) problems.Add("retention must not be negative");
        return problems;
    }
}
