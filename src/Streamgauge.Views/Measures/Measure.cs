namespace Streamgauge.Views;

/// <summary>What a view tells about each group: <c>count</c>, <c>sum(value)</c>, <c>unique(user_id)</c> …</summary>
/// <param name="Field">The field measured; empty for <see cref="MeasureKind.Count"/>. Numeric for all but <see cref="MeasureKind.Unique"/>.</param>
public sealed record Measure(MeasureKind Kind, string Field = "")
{
    public static Measure Count { get; } = new(MeasureKind.Count);

    /// <summary>As it is declared, asked for and answered.</summary>
    public string Name { get; } = Kind switch
    {
        MeasureKind.Count => "count",
        MeasureKind.Sum => $"sum({Field})",
        MeasureKind.Min => $"min({Field})",
        MeasureKind.Max => $"max({Field})",
        MeasureKind.Average => $"avg({Field})",
        MeasureKind.Unique => $"unique({Field})",
        MeasureKind.Quantiles => $"quantiles({Field})",
        _ => throw new ArgumentOutOfRangeException(nameof(Kind)),
    };
}

/// <summary>The kinds of measure.</summary>
public enum MeasureKind
{
    /// <summary>Events.</summary>
    Count,

    /// <summary>Sum of a numeric field, exact to a millionth.</summary>
    Sum,

    /// <summary>Smallest value; absent when no event had one.</summary>
    Min,

    /// <summary>Largest value; absent when no event had one.</summary>
    Max,

    /// <summary>Sum over the number of events that have the field.</summary>
    Average,

    /// <summary>Distinct values of a text field, estimated by a HyperLogLog.</summary>
    Unique,

    /// <summary>Quantiles of a numeric field, estimated by a log-bucketed histogram.</summary>
    Quantiles,
}
