namespace Streamgauge.Views;

/// <summary>What a session is in a view of sessions: events of one id, none more than a gap after the one before it.</summary>
/// <remarks>
/// The sessions of an id are the connected parts of its events' times, so neither order nor batches matter. A session ends <see cref="Gap"/> after its last
/// event and is forgotten <see cref="Retain"/> after that. An event that arrives <see cref="Retain"/> after it happened, or later, is late and not in the view: it
/// could have belonged to a session that is forgotten; one that is not late cannot.
/// </remarks>
/// <param name="By">Text field that holds the id; events without it are not in the view.</param>
/// <param name="Gap">The longest silence inside a session.</param>
/// <param name="Retain">How long a session is kept after its end, and how late an event may come.</param>
public sealed record SessionRule(string By, TimeSpan Gap, TimeSpan Retain)
{
    /// <summary>The field that holds the id unless another is declared.</summary>
    public const string ByDefault = "session_id";

    /// <summary>Retention in gaps at most: with it the sessions of one id are bounded, which a commit rewrites as one value.</summary>
    public const int RetainGapsMax = 100;

    public static TimeSpan GapDefault { get; } = TimeSpan.FromMinutes(30);

    public static TimeSpan GapMin { get; } = TimeSpan.FromSeconds(1);

    public static TimeSpan GapMax { get; } = TimeSpan.FromHours(24);

    /// <summary><see cref="Gap"/> in milliseconds.</summary>
    public long GapMs => Gap.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary><see cref="Retain"/> in milliseconds.</summary>
    public long RetainMs => Retain.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>How long sessions are kept when nothing is declared: 24 hours, or as long as the gap allows.</summary>
    public static TimeSpan RetainDefault(TimeSpan gap)
    {
        var day = TimeSpan.FromHours(24);
        return gap * RetainGapsMax < day ? gap * RetainGapsMax : day;
    }

    /// <summary>Whether both find the same sessions. How long they are kept may change while counting goes on.</summary>
    public static bool FindSame(SessionRule? one, SessionRule? other) => one?.By == other?.By && one?.Gap == other?.Gap;
}
