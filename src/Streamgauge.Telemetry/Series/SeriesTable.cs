using System.Numerics;
using System.Text;

namespace Streamgauge.Telemetry;

/// <summary>Finds the series of a tag set without locks or allocation, and refuses to grow beyond a bound.</summary>
/// <remarks>
/// A chained hash table whose nodes never change once published: readers follow references, writers prepend under a
/// lock. Tag order does not matter. Tag sets that print the same (the number 200 and the string "200") share a series.
/// </remarks>
internal sealed class SeriesTable(Func<byte[], MetricSeries> create, int seriesMax, int valueCharsMax)
{
    private const string OverflowLabels = "overflow=\"true\"";
    private const int BucketsAtFirst = 16;

    private readonly Lock _growing = new();
    private readonly Dictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);
    private Node?[] _buckets = new Node?[BucketsAtFirst];
    private int _nodeCount;
    private MetricSeries? _unlabelled;
    private MetricSeries? _overflow; // set once the table is full; from then on no new tag set takes the lock

    public int Count
    {
        get { lock (_growing) return _byLabels.Count; }
    }

    /// <summary>The series of <paramref name="tags"/>, made if it is new; <paramref name="overflowed"/> when there was no room.</summary>
    public MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, out bool overflowed)
    {
        overflowed = false;
        if (tags.IsEmpty) return Volatile.Read(ref _unlabelled) ?? Unlabelled();

        var hash = HashOf(tags);
        if (Lookup(hash, tags) is { } known) return known;

        if (Volatile.Read(ref _overflow) is { } overflow)
        {
            overflowed = true;
            return overflow;
        }

        return Grow(hash, tags, out overflowed);
    }

    public void Clear()
    {
        lock (_growing)
        {
            _byLabels.Clear();
            _buckets = new Node?[BucketsAtFirst];
            _nodeCount = 0;
            _unlabelled = null;
            _overflow = null;
        }
    }

    /// <summary>Writes every series in the order of creation. New tag sets wait meanwhile; known ones do not.</summary>
    public void Write(ref PageWriter page, MetricFamily family)
    {
        lock (_growing)
        {
            foreach (var series in _byLabels.Values) series.Write(ref page, family);
        }
    }

    private MetricSeries Unlabelled()
    {
        lock (_growing)
        {
            var series = ByLabels("");
            Volatile.Write(ref _unlabelled, series);
            return series;
        }
    }

    private MetricSeries? Lookup(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var buckets = Volatile.Read(ref _buckets);
        for (var node = Volatile.Read(ref buckets[hash & (buckets.Length - 1)]); node is not null; node = node.Next)
        {
            if (node.Hash == hash && SameTags(node.Tags, tags)) return node.Series;
        }

        return null;
    }

    private MetricSeries Grow(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags, out bool overflowed)
    {
        lock (_growing)
        {
            overflowed = false;
            if (Lookup(hash, tags) is { } known) return known;

            if (_nodeCount >= seriesMax)
            {
                overflowed = true;
                var overflow = ByLabels(OverflowLabels);
                Volatile.Write(ref _overflow, overflow);
                return overflow;
            }

            if (_nodeCount >= _buckets.Length) Double();
            var series = ByLabels(LabelText.Of(tags, valueCharsMax));
            ref var head = ref _buckets[hash & (_buckets.Length - 1)];
            Volatile.Write(ref head, new Node(hash, tags.ToArray(), series, head));
            _nodeCount++;
            return series;
        }
    }

    private void Double()
    {
        var doubled = new Node?[checked((int)BitOperations.RoundUpToPowerOf2((uint)_buckets.Length * 2))];
        foreach (var chain in _buckets)
        {
            for (var node = chain; node is not null; node = node.Next)
            {
                ref var head = ref doubled[node.Hash & (doubled.Length - 1)];
                head = new Node(node.Hash, node.Tags, node.Series, head);
            }
        }

        Volatile.Write(ref _buckets, doubled);
    }

    private MetricSeries ByLabels(string labels)
    {
        if (!_byLabels.TryGetValue(labels, out var series))
        {
            series = create(Encoding.UTF8.GetBytes(labels));
            _byLabels.Add(labels, series);
        }

        return series;
    }

    // A sum, so that the order of tags does not matter.
    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = 0;
        foreach (ref readonly var tag in tags) hash += HashCode.Combine(tag.Key, tag.Value);
        return hash;
    }

    private static bool SameTags(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length) return false;
        for (var i = 0; i < known.Length; i++)
        {
            // Same place first: callers nearly always use one order.
            if (!Same(known[i], tags[i]) && !Contains(tags, known[i])) return false;
        }

        return true;
    }

    private static bool Contains(ReadOnlySpan<KeyValuePair<string, object?>> tags, in KeyValuePair<string, object?> wanted)
    {
        foreach (ref readonly var tag in tags)
        {
            if (Same(tag, wanted)) return true;
        }

        return false;
    }

    private static bool Same(in KeyValuePair<string, object?> left, in KeyValuePair<string, object?> right) =>
        left.Key == right.Key && Equals(left.Value, right.Value);

    private sealed record Node(int Hash, KeyValuePair<string, object?>[] Tags, MetricSeries Series, Node? Next);
}
