using Streamgauge.Resp;

namespace Streamgauge.Serving;

/// <summary>What to serve, how fresh, and under which limits.</summary>
public sealed class ServingOptions
{
    /// <summary>Where the counters are.</summary>
    /// <value>Default <c>redis://localhost:6379</c>.</value>
    public RedisEndpoint Endpoint { get; set; } = RedisEndpoint.Parse("redis://localhost:6379");

    /// <summary>Habits of the two connections of this role. Their timeouts bound how long a stalled Redis can hold up a refresh or a request.</summary>
    /// <value>Default: 2 s to connect, 2 s per command, pauses from 100 ms to 1 s between attempts.</value>
    public RedisOptions Connection { get; set; } = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(2),
        CommandTimeout = TimeSpan.FromSeconds(2),
        ReconnectDelayMax = TimeSpan.FromSeconds(1),
        ClientName = "streamgauge-serve",
    };

    /// <summary>The stream whose counters are served.</summary>
    /// <value>Default <c>events</c>.</value>
    public string Stream { get; set; } = "events";

    /// <summary>The consumer group whose progress is served.</summary>
    /// <value>Default <c>event_group</c>.</value>
    public string Group { get; set; } = "event_group";

    /// <summary>How often Redis is asked whether anything was counted.</summary>
    /// <value>Default 100 ms. From 10 ms to 10 s. One small command each time, whatever the number of API requests.</value>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often everything is read even if nothing was counted, for lag and status.</summary>
    /// <value>Default 1 s. At least <see cref="RefreshInterval"/>.</value>
    public TimeSpan FullReadInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Age of the snapshot from which answers say <c>degraded</c>, even if no failure was reported yet.</summary>
    /// <value>Default 3 s. More than <see cref="FullReadInterval"/>.</value>
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Age of the snapshot from which <c>/health</c> says unhealthy.</summary>
    /// <value>Default 1 minute. At least <see cref="DegradedAfter"/>.</value>
    public TimeSpan UnhealthyAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Lag from which <c>/health</c> says degraded.</summary>
    /// <value>Default 30 s. Positive.</value>
    public TimeSpan LagDegradedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that may read from Redis at once (pages of sessions, single sessions); one more gets 429.</summary>
    /// <value>Default 8. From 1 to 64.</value>
    public int ReadThroughMax { get; set; } = 8;

    /// <summary>Numbers and sketches of views kept in memory; beyond it buckets that were not asked for the longest are given up, and read again when they are.</summary>
    /// <value>Default 4,000,000, some 100 MB. At least 10,000; also the most that one query may read.</value>
    public long ViewCellsMax { get; set; } = 4_000_000;

    /// <summary>Products with a series of their own in <c>product_count</c>, the most frequent; the others are counted all the same.</summary>
    /// <value>Default 100. From 1 to 1,000: each is a series in Prometheus, for ever.</value>
    public int ProductSeriesMax { get; set; } = 100;

    /// <summary>Clients of <c>/v1/stream</c> at once; one more gets 503.</summary>
    /// <value>Default 256. At least 1; each also is one of <see cref="ConnectionsMax"/>.</value>
    public int StreamClientsMax { get; set; } = 256;

    /// <summary>Shortest time between two events of one stream.</summary>
    /// <value>Default 250 ms: four a second. From 10 ms to 1 minute.</value>
    public TimeSpan StreamInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Silence after which a stream sends a comment, so that whatever lies between knows that it lives.</summary>
    /// <value>Default 15 s. Positive.</value>
    public TimeSpan StreamHeartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time a client of a stream has to take an event; one that takes longer gets a fresh snapshot next, and no events until then.</summary>
    /// <value>Default 1 s. Positive.</value>
    public TimeSpan StreamSlowAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time after which such a client is dropped.</summary>
    /// <value>Default 30 s. At least <see cref="StreamSlowAfter"/>.</value>
    public TimeSpan StreamDropAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Open HTTP connections; one more is closed at once.</summary>
    /// <value>Default 1,000. At least 1.</value>
    public int ConnectionsMax { get; set; } = 1_000;

    /// <summary>Longest request line in bytes: method, path and query; a longer one gets 414.</summary>
    /// <value>Default 8 KiB. From 1 KiB to 64 KiB: a session id of 256 bytes, percent-encoded, needs 768.</value>
    public int RequestLineBytesMax { get; set; } = 8 * 1024;

    /// <summary>All request headers together, in bytes; more gets 431.</summary>
    /// <value>Default 16 KiB. From 1 KiB to 64 KiB.</value>
    public int RequestHeadersBytesMax { get; set; } = 16 * 1024;

    /// <summary>Time a client has to send its headers.</summary>
    /// <value>Default 10 s. Positive.</value>
    public TimeSpan RequestHeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
