namespace Streamgauge.Views;

/// <summary>What one answer may cost. Beyond it a query is refused with the numbers and what to ask instead.</summary>
public sealed record QueryLimits
{
    /// <summary>The limits that are documented.</summary>
    public static QueryLimits Default { get; } = new();

    /// <summary>Points of a series.</summary>
    public int PointsMax { get; init; } = 5_000;

    /// <summary>Stored buckets to read.</summary>
    public int BucketsMax { get; init; } = 50_000;

    /// <summary>Points × series, twice that with a comparison.</summary>
    public int CellsMax { get; init; } = 400_000;

    /// <summary>Stored groups of all buckets to add up; for smallest and largest values once per window that covers them.</summary>
    public int RowsMax { get; init; } = 5_000_000;
}
