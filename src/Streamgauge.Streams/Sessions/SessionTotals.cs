using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>All that a view of sessions tells about the sessions it keeps, at one moment, immutable.</summary>
public sealed record SessionTotals
{
    /// <summary>Upper bounds of <see cref="Durations"/>, inclusive; the last count is of what is longer.</summary>
    public static IReadOnlyList<TimeSpan> DurationBounds { get; } = [.. new double[] { 0, 10, 30, 60, 180, 600, 1_800, 3_600, 10_800 }.Select(TimeSpan.FromSeconds)];

    /// <summary>Upper bounds of <see cref="EventCounts"/>, inclusive; the last count is of what is more.</summary>
    public static IReadOnlyList<int> EventCountBounds { get; } = [1, 2, 3, 5, 10, 20, 50, 100];

    /// <summary>Redis's clock when this was read.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Sessions whose last event is less than <see cref="Gap"/> ago.</summary>
    public required long Live { get; init; }

    /// <summary>Sessions kept, live ones among them.</summary>
    public required long Sessions { get; init; }

    /// <summary>Events of the sessions kept.</summary>
    public required long Events { get; init; }

    /// <summary>From first to last event, over the sessions kept; zero when there are none.</summary>
    public required TimeSpan AverageDuration { get; init; }

    /// <summary>Sessions per duration, see <see cref="DurationBounds"/>; not cumulative.</summary>
    public required IReadOnlyList<long> Durations { get; init; }

    /// <summary>Sessions per number of events, see <see cref="EventCountBounds"/>; not cumulative.</summary>
    public required IReadOnlyList<long> EventCounts { get; init; }

    /// <summary>Sessions per type of their first event, most first.</summary>
    public required IReadOnlyList<SessionType> Entries { get; init; }

    /// <summary>Sessions per type of their last event so far, most first.</summary>
    public required IReadOnlyList<SessionType> Exits { get; init; }

    /// <summary>Events that found no room within the view's limit since the view began.</summary>
    public required long OtherEvents { get; init; }

    /// <summary>How many ids those were of, estimated.</summary>
    public required long HiddenIds { get; init; }

    /// <summary>The longest silence inside a session.</summary>
    public required TimeSpan Gap { get; init; }

    /// <summary>How long a session is kept after its end.</summary>
    public required TimeSpan Retain { get; init; }

    /// <summary>Number of the commit that changed this last; 0 before the first.</summary>
    public required long Revision { get; init; }

    internal static SessionTotals Read(SessionRule rule, DateTimeOffset now, long live, IReadOnlyList<RespValue> flat, long revision)
    {
        var fields = new Dictionary<string, RespValue>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < flat.Count; i += 2) fields[flat[i].AsText()] = flat[i + 1];
        var sessions = Number("sessions");
        return new SessionTotals
        {
            Now = now,
            Live = live,
            Sessions = sessions,
            Events = Number("events"),
            AverageDuration = sessions == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Number("duration_ms") / sessions),
            Durations = [.. DurationBounds.Select(bound => Number($"duration:{bound.TotalMilliseconds}")), Number("duration:more")],
            EventCounts = [.. EventCountBounds.Select(bound => Number($"events:{bound}")), Number("events:more")],
            Entries = Types("entry:"),
            Exits = Types("exit:"),
            OtherEvents = Number("other_events"),
            HiddenIds = HiddenOf(fields),
            Gap = rule.Gap,
            Retain = rule.Retain,
            Revision = revision,
        };

        long Number(string field) => fields.TryGetValue(field, out var value) && long.TryParse(value.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

        IReadOnlyList<SessionType> Types(string prefix) =>
        [
            .. fields.Keys.Where(field => field.StartsWith(prefix, StringComparison.Ordinal)).Select(field => new SessionType(field[prefix.Length..], Number(field)))
                .OrderByDescending(type => type.Sessions).ThenBy(type => type.Name, StringComparer.Ordinal),
        ];
    }

    private static long HiddenOf(Dictionary<string, RespValue> fields)
    {
        if (!fields.TryGetValue("hidden", out var stored)) return 0;
        var registers = new HyperLogLog();
        try
        {
            registers.Merge(stored.AsBytes().Span);
        }
        catch (FormatException)
        {
            return 0; // somebody wrote to our keys; the commit that meets it counts it as residue
        }

        return registers.Estimate();
    }
}

/// <summary>Sessions that begin or end with one type of event; <c>(other)</c> for the types beyond the first 1,000.</summary>
public sealed record SessionType(string Name, long Sessions);
