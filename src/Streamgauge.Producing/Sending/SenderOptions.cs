using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>How events are sent.</summary>
public sealed class SenderOptions
{
    /// <summary>Where Redis is.</summary>
    public required RedisEndpoint Redis { get; set; }

    /// <summary>Timeouts and bounds of the connection.</summary>
    public RedisOptions Connection { get; set; } = new();

    /// <summary>Stream to append to.</summary>
    /// <value>Default <c>events</c>.</value>
    public string Stream { get; set; } = "events";

    /// <summary>Beginning of the producer's name; each start adds a random suffix.</summary>
    /// <value>Default <c>producer</c>.</value>
    public string ProducerPrefix { get; set; } = "producer";

    /// <summary>One entry per event, readable by any Redis client, instead of frames of many.</summary>
    /// <value>Default false: frames cost Redis a tenth.</value>
    public bool Plain { get; set; }

    /// <summary>Events that close a frame (or a group of plain entries).</summary>
    /// <value>Default 500, 1 to 4,096.</value>
    public int EventsPerSend { get; set; } = 500;

    /// <summary>Bytes that close a frame (or a group of plain entries).</summary>
    /// <value>Default 64 KiB, 1 KiB to 512 KiB: a larger entry would hold up everybody else in Redis.</value>
    public int BytesPerSend { get; set; } = 64 * 1024;

    /// <summary>How long an event may wait for company.</summary>
    /// <value>Default 1 ms, 0 to 10 s. 0 sends each event at once.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Sends on their way to Redis at once.</summary>
    /// <value>Default 16, 1 to 1,000.</value>
    public int SendsInFlight { get; set; } = 16;

    /// <summary>Memory for events not acknowledged yet; when it is full, the spool takes over, or else the caller waits.</summary>
    /// <value>Default 64 MiB, at least 2 MiB. Holds about a minute of an outage at 20,000 events/s.</value>
    public long BufferBytesMax { get; set; } = 64L * 1024 * 1024;

    /// <summary>Folder for sends that memory has no room for; what an earlier process left there is sent first. One sender at a time.</summary>
    /// <value>Default null: none.</value>
    public string? SpoolFolder { get; set; }

    /// <summary>Bound of the spool's files; when it is reached, the caller waits. A stop may go beyond it by what is in memory.</summary>
    /// <value>Default 1 GiB, at least 4 MiB and <see cref="BufferBytesMax"/>, which moves there first. About 15 minutes of an outage at 20,000 events/s.</value>
    public long SpoolBytesMax { get; set; } = 1024L * 1024 * 1024;

    /// <summary>What an acknowledgement means.</summary>
    /// <value>Default <see cref="DurabilityLevel.Memory"/>: nothing is asked of Redis's disk or replicas.</value>
    public DurabilityLevel Durability { get; set; }

    /// <summary>Replicas that must confirm a send with <see cref="DurabilityLevel.Replicated"/>.</summary>
    /// <value>Default 1, 1 to 16.</value>
    public int Replicas { get; set; } = 1;

    /// <summary>How long replicas may take; then sending breaks off and is taken up again.</summary>
    /// <value>Default 1 s, 10 ms to 5 s.</value>
    public TimeSpan ReplicaTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Every mistake, in words for whoever wrote them; empty when all is well.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var problems = new List<string>();
        if (StreamKeys.FindProblem(Stream) is { } problem) problems.Add(problem);
        if (EventsPerSend is < 1 or > FrameFormat.EventsMax) problems.Add($"events per send must be 1 to {FrameFormat.EventsMax}, was {EventsPerSend}");
        if (BytesPerSend is < 1024 or > 512 * 1024) problems.Add($"bytes per send must be 1,024 to 524,288, was {BytesPerSend}");
        if (Linger < TimeSpan.Zero || Linger > TimeSpan.FromSeconds(10)) problems.Add($"linger must be 0 to 10 s, was {Linger}");
        if (SendsInFlight is < 1 or > 1_000) problems.Add($"sends in flight must be 1 to 1,000, was {SendsInFlight}");
        if (BufferBytesMax < 2 * 1024 * 1024) problems.Add($"the buffer must hold at least 2 MiB, was {BufferBytesMax} bytes");
        if (SpoolFolder is not null && SpoolBytesMax < Math.Max(4 * 1024 * 1024, BufferBytesMax)) problems.Add($"the spool must hold at least 4 MiB and no less than the buffer ({BufferBytesMax} bytes), was {SpoolBytesMax} bytes");
        if (Replicas is < 1 or > 16) problems.Add($"replicas must be 1 to 16, was {Replicas}");
        if (ReplicaTimeout < TimeSpan.FromMilliseconds(10) || ReplicaTimeout > TimeSpan.FromSeconds(5)) problems.Add($"the time for replicas must be 10 ms to 5 s, was {ReplicaTimeout}");
        return problems;
    }
}
