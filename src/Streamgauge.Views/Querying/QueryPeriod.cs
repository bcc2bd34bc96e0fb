namespace Streamgauge.Views;

/// <summary>A range cut into points.</summary>
public sealed class QueryPeriod
{
    private readonly long[] _edges;
    private readonly long[]? _windowStarts;

    internal QueryPeriod(long[] edges, long[]? windowStarts) => (_edges, _windowStarts) = (edges, windowStarts);

    /// <summary>All of time, without points.</summary>
    internal static QueryPeriod AllTime { get; } = new([0], null);

    /// <summary>Points of a series.</summary>
    public int Points => _edges.Length - 1;

    /// <summary>Begin of the first point, without what its window covers before.</summary>
    public long FromMs => _edges[0];

    /// <summary>End of the last point.</summary>
    public long ToMs => _edges[^1];

    /// <summary>Begin of the first bucket that is needed.</summary>
    public long FirstMs => _windowStarts is { Length: > 0 } starts ? Math.Min(starts[0], _edges[0]) : _edges[0];

    /// <summary>Begin of what a point covers.</summary>
    public long StartMs(int point) => _windowStarts is { } starts ? starts[point] : _edges[point];

    /// <summary>End of what a point covers.</summary>
    public long EndMs(int point) => _edges[point + 1];

    /// <summary>Whether all edges are bounds of the tier's buckets.</summary>
    internal bool IsTiledBy(Tier tier) =>
        Array.TrueForAll(_edges, edge => edge % tier.EveryMs == 0) && (_windowStarts is null || Array.TrueForAll(_windowStarts, start => start % tier.EveryMs == 0));
}
