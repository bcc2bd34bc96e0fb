namespace Streamgauge.Resp;

/// <summary>Limits and habits of a connection.</summary>
public sealed class RedisOptions
{
    /// <summary>How long connecting may take, name resolution, TLS and HELLO included.</summary>
    /// <value>Default 5 s. Must be positive.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a command may take from being handed over to its reply, unless the caller gives another bound.</summary>
    /// <value>Default 10 s. Must be positive, or <see cref="Timeout.InfiniteTimeSpan"/>. Checked every 100 ms.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest reply accepted, in bytes; a larger one closes the connection.</summary>
    /// <value>Default 256 MiB. From 1 KiB to 1 GiB.</value>
    public int ReplyBytesMax { get; set; } = 256 * 1024 * 1024;

    /// <summary>The deepest nesting of aggregates accepted; a deeper one closes the connection.</summary>
    /// <value>Default 16. From 1 to 128.</value>
    public int ReplyDepthMax { get; set; } = 16;

    /// <summary>Bytes of commands that may be unanswered at once; more wait, in order, until replies arrive. A larger command is sent alone.</summary>
    /// <value>Default 16 MiB. At least 1.</value>
    public int InFlightBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>Name shown by <c>CLIENT LIST</c>.</summary>
    /// <value>Default null: none. No blanks.</value>
    public string? ClientName { get; set; }

    /// <summary>Version of RESP to speak.</summary>
    /// <value>Default 2. Either 2 or 3.</value>
    public int Protocol { get; set; } = 2;

    /// <summary>TLS settings for <c>rediss://</c> endpoints.</summary>
    /// <value>Default null: the machine's trust store, no client certificate.</value>
    public RedisTlsOptions? Tls { get; set; }

    /// <summary>First pause of <see cref="RedisClient"/> between failed attempts to connect; it doubles with each failure.</summary>
    /// <value>Default 100 ms. Must be positive.</value>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause of <see cref="RedisClient"/> between failed attempts to connect.</summary>
    /// <value>Default 5 s. At least <see cref="ReconnectDelay"/>.</value>
    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where time comes from.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Every setting that is out of its range: which, the value found, and the range. Empty when all is well.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var problems = new List<string>();
        Require(ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout), ConnectTimeout, "positive");
        Require(CommandTimeout > TimeSpan.Zero || CommandTimeout == Timeout.InfiniteTimeSpan, nameof(CommandTimeout), CommandTimeout, "positive or infinite");
        Require(ReplyBytesMax is >= 1024 and <= 1024 * 1024 * 1024, nameof(ReplyBytesMax), ReplyBytesMax, "from 1 KiB to 1 GiB");
        Require(ReplyDepthMax is >= 1 and <= 128, nameof(ReplyDepthMax), ReplyDepthMax, "from 1 to 128");
        Require(InFlightBytesMax >= 1, nameof(InFlightBytesMax), InFlightBytesMax, "at least 1");
        Require(Protocol is 2 or 3, nameof(Protocol), Protocol, "2 or 3");
        Require(ReconnectDelay > TimeSpan.Zero, nameof(ReconnectDelay), ReconnectDelay, "positive");
        Require(ReconnectDelayMax >= ReconnectDelay, nameof(ReconnectDelayMax), ReconnectDelayMax, $"at least {nameof(ReconnectDelay)} ({ReconnectDelay})");
        return problems;

        void Require(bool isMet, string name, object value, string range)
        {
            if (!isMet) problems.Add($"RedisOptions.{name} must be {range}, was {value}.");
        }
    }

    internal static void ThrowIfInvalid(RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.FindProblems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }
}
