using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>A declared aggregate: what to group by, what to measure, in which windows, for how long.</summary>
public sealed record ViewDefinition
{
    /// <summary>Name in metrics, answers and budgets: lower case letters, digits and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>Text field whose values are the groups; null for one group of everything. Events without the field are not in the view.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Whether the view sums <c>value</c> beside counting.</summary>
    public bool SumsValue { get; init; }

    /// <summary>Length of a bucket in event time; null for one bucket of all time.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>How long after its end a bucket is kept; only with <see cref="Window"/>.</summary>
    public TimeSpan Retain { get; init; }

    /// <summary>Cardinality budget: groups per bucket. Beyond it new groups are counted together as <c>(other)</c>, so totals stay exact.</summary>
    public int GroupsMax { get; init; } = int.MaxValue;

    /// <summary>What stands before and after the group in the stored field names, as documented: <c>type:</c>click<c>:count</c>.</summary>
    public required FieldNaming Naming { get; init; }

    /// <summary>Start of the bucket that holds <paramref name="timestampMs"/>; 0 without a window.</summary>
    public long BucketStartMs(long timestampMs)
    {
        if (Window is not { } window) return 0;
        var windowMs = (long)window.TotalMilliseconds;
        return timestampMs / windowMs * windowMs;
    }

    /// <summary>Starts of all buckets that can hold something, oldest first; only with <see cref="Window"/>.</summary>
    /// <remarks>From the oldest kept to the one an event from the allowed future falls into, and one more at either end for clocks that differ.</remarks>
    public IEnumerable<long> LiveBucketsMs(long nowMs)
    {
        var windowMs = (long)Window!.Value.TotalMilliseconds;
        var oldest = Math.Max(0, BucketStartMs(nowMs - windowMs - (long)Retain.TotalMilliseconds));
        var newest = BucketStartMs(nowMs + (long)EventLimits.FutureSkewMax.TotalMilliseconds) + windowMs;
        for (var startMs = oldest; startMs <= newest; startMs += windowMs) yield return startMs;
    }

    /// <summary>When the bucket is forgotten, Unix milliseconds; <see cref="long.MaxValue"/> without a window.</summary>
    public long BucketExpiryMs(long bucketStartMs) =>
        Window is { } window ? bucketStartMs + (long)window.TotalMilliseconds + (long)Retain.TotalMilliseconds : long.MaxValue;
}

/// <summary>Stored field names of a view: prefix, group, suffix.</summary>
public sealed record FieldNaming(string Prefix, string CountSuffix, string SumSuffix = "")
{
    /// <summary>The group that takes what is beyond the budget.</summary>
    public const string Other = "(other)";

    /// <summary>The group in a stored count field's name, or null when it is not such a field.</summary>
    public string? GroupOfCount(string field) => Between(field, CountSuffix);

    /// <summary>The group in a stored sum field's name, or null when it is not such a field.</summary>
    public string? GroupOfSum(string field) => SumSuffix.Length == 0 ? null : Between(field, SumSuffix);

    private string? Between(string field, string suffix) =>
        field.Length > Prefix.Length + suffix.Length && field.StartsWith(Prefix, StringComparison.Ordinal) && field.EndsWith(suffix, StringComparison.Ordinal)
            ? field[Prefix.Length..^suffix.Length]
            : null;
}
