namespace Streamgauge.Views;

/// <summary>One stored number or sketch per group. Several measures may share a column: an average is a sum over a count.</summary>
/// <remarks>
/// Stored as hash fields <c>prefix group suffix</c>; a histogram as <c>prefix index : group suffix</c>, one per index that was hit.
/// All columns merge: by addition, by the smaller, by the larger. So batches, buckets and shards may be put together in any order.
/// </remarks>
/// <param name="Field">The event field it is made of; empty for <see cref="ColumnKind.Count"/>.</param>
public sealed record ViewColumn(ColumnKind Kind, string Field, string Prefix, string Suffix = "")
{
    /// <summary>Name of the field that stores <paramref name="group"/>; not for histograms, which have a field per index.</summary>
    public string FieldOf(string group) => Prefix + group + Suffix;

    /// <summary>The group in a stored field's name, or null when the field is not of this column. Empty for the view of everything.</summary>
    public string? GroupOf(string field) =>
        field.Length >= Prefix.Length + Suffix.Length && field.StartsWith(Prefix, StringComparison.Ordinal) && field.EndsWith(Suffix, StringComparison.Ordinal)
            ? field[Prefix.Length..^Suffix.Length]
            : null;
}

/// <summary>What a column holds, and with it how two of them merge.</summary>
public enum ColumnKind
{
    /// <summary>Events. Every view has it, as its first column.</summary>
    Count,

    /// <summary>Events that have the numeric field.</summary>
    Values,

    /// <summary>Sum in millionths.</summary>
    Sum,

    /// <summary>Smallest value in millionths.</summary>
    Min,

    /// <summary>Largest value in millionths.</summary>
    Max,

    /// <summary>HyperLogLog registers.</summary>
    Registers,

    /// <summary>Counts of a log-bucketed histogram.</summary>
    Histogram,
}
