using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Reads a declared view of sessions. What is asked for stands ready in Redis, so a read costs the same for ten sessions and a million.</summary>
public sealed class SessionViewReader(StreamKeys keys, CatalogView view)
{
    private readonly SessionRule _rule = view.Definition.Sessions ?? throw new ArgumentException($"'{view.Definition.Name}' is no view of sessions.", nameof(view));
    private readonly string _sessions = keys.BucketKey(StreamKeys.SessionNames(view.Definition.Name, view.Generation).Sessions);
    private readonly string _ends = keys.BucketKey(StreamKeys.SessionNames(view.Definition.Name, view.Generation).Ends);
    private readonly string _totals = keys.BucketKey(StreamKeys.SessionNames(view.Definition.Name, view.Generation).Totals);

    /// <summary>Reads all totals in one atomic step, so that they belong to one moment.</summary>
    public async Task<SessionTotals> ReadAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var gapMs = _rule.GapMs.ToString(CultureInfo.InvariantCulture);
        var reply = await connection.ExecuteAsync(["FCALL_RO", "sg_read_sessions_v1", "3", _ends, _totals, keys.Buckets, gapMs, $"{view.Definition.Name}.{view.Generation}"], cancellationToken);
        return SessionTotals.Read(_rule, DateTimeOffset.FromUnixTimeMilliseconds(reply[0].AsInteger()), reply[1].AsInteger(), reply[2].Items, reply[3].AsInteger());
    }

    /// <summary>The sessions of one id that are kept, oldest first; none when it has none, or when they are beyond the limit.</summary>
    public async Task<IReadOnlyList<SessionOfId>> ReadSessionAsync(RespConnection connection, string id, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["HGET", _sessions, id], cancellationToken);
        return reply.IsNull ? [] : [.. SessionOfId.ParseAll(reply.AsText()).OfType<SessionOfId>()];
    }
}

/// <summary>One session of one id.</summary>
/// <param name="Start">Time of its first event.</param>
/// <param name="End">Time of its last event so far; it goes on as long as the next comes within the gap.</param>
/// <param name="Entry">Type of the first event.</param>
/// <param name="Exit">Type of the last event so far.</param>
public sealed record SessionOfId(DateTimeOffset Start, DateTimeOffset End, long Events, string Entry, string Exit)
{
    /// <summary>From the first event to the last.</summary>
    public TimeSpan Duration => End - Start;

    internal const char FieldSeparator = '\u001f';
    private const char SessionSeparator = '\u001e';

    /// <summary>Whether an event at <paramref name="now"/> would still belong to it.</summary>
    public bool IsLive(DateTimeOffset now, TimeSpan gap) => End + gap > now;

    /// <summary>The sessions of one id as they are stored; null for what somebody else wrote, which the commit that meets it counts as residue.</summary>
    internal static IEnumerable<SessionOfId?> ParseAll(string text) => text.Split(SessionSeparator).Select(Parse);

    private static SessionOfId? Parse(string text)
    {
        var parts = text.Split(FieldSeparator);
        return parts.Length == 5 && Number(parts[0]) is { } start && Number(parts[1]) is { } end && Number(parts[2]) is { } events
            ? new SessionOfId(DateTimeOffset.FromUnixTimeMilliseconds(start), DateTimeOffset.FromUnixTimeMilliseconds(end), events, parts[3], parts[4])
            : null;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 100_000_000_000_000 ? number : null;
}
