namespace Streamgauge.Views;

/// <summary>The stored buckets of an answer, one after the other, with the group number of each row.</summary>
internal sealed class BucketRows
{
    private readonly long _firstMs;
    private readonly long _everyMs;
    private readonly int[] _firstRows; // of each bucket in the rows, and the end of the last
    private int[] _ids = new int[1_024];

    private BucketRows(QueryPlan plan)
    {
        (_firstMs, _everyMs) = (plan.FirstMs, plan.Tier.EveryMs);
        Buckets = new BucketContent?[plan.BucketCount];
        _firstRows = new int[plan.BucketCount + 1];
    }

    /// <summary>Buckets by start; null for those that are not there.</summary>
    public BucketContent?[] Buckets { get; }

    /// <summary>Group numbers of all rows.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _firstRows[^1]);

    /// <summary>Reads the buckets; null when they have more rows than allowed.</summary>
    public static BucketRows? TryRead(QueryPlan plan, Func<long, BucketContent?> bucketAt, GroupIndex groups)
    {
        var rows = new BucketRows(plan);
        BucketContent? last = null;
        var at = 0;
        foreach (var startMs in plan.BucketStartsMs)
        {
            var bucket = bucketAt(startMs);
            rows.Buckets[at] = bucket;
            rows._firstRows[at + 1] = rows._firstRows[at];
            if (bucket is not null && !rows.TryAdd(at, bucket, last, groups, plan.Limits.RowsMax)) return null;
            last = bucket ?? last;
            at++;
        }

        return rows;
    }

    /// <summary>First row of a bucket; with the bucket after the last, the end of all rows.</summary>
    public int FirstRow(int bucket) => _firstRows[bucket];

    /// <summary>The buckets from one instant to another.</summary>
    public BucketSpan SpanOf(long startMs, long endMs) => _everyMs == 0 ? new BucketSpan(0, 1) : new BucketSpan((int)((startMs - _firstMs) / _everyMs), (int)((endMs - _firstMs) / _everyMs));

    private bool TryAdd(int at, BucketContent bucket, BucketContent? last, GroupIndex groups, int rowsMax)
    {
        var first = _firstRows[at];
        var names = bucket.Groups;
        if (first + (long)names.Length > rowsMax) return false;
        while (_ids.Length < first + names.Length) Array.Resize(ref _ids, _ids.Length * 2);

        // Buckets of a view share their names, and neighbours mostly have them in the same order: then nothing is looked up.
        var lastNames = last is null ? [] : last.Groups;
        var lastFirst = first - lastNames.Length;
        for (var row = 0; row < names.Length; row++)
            _ids[first + row] = row < lastNames.Length && ReferenceEquals(names[row], lastNames[row]) ? _ids[lastFirst + row] : groups.IdOf(names[row]);
        _firstRows[at + 1] = first + names.Length;
        return true;
    }
}

/// <summary>Buckets from one index to before another.</summary>
internal readonly record struct BucketSpan(int Low, int High);
