using System.Buffers;
using System.Text;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>The views of a stream, counted again in memory.</summary>
internal sealed class Recount
{
    private readonly IReadOnlyList<CatalogView> _views;
    private readonly CountedSessions[] _sessions;
    private readonly Dictionary<(int View, string Bucket), CountedBucket> _buckets = [];
    private readonly ArrayBufferWriter<byte> _cell = new();

    /// <param name="views">Those of groups in buckets.</param>
    /// <param name="sessionViews">Those of sessions.</param>
    public Recount(IReadOnlyList<CatalogView> views, IReadOnlyList<CatalogView> sessionViews)
    {
        _views = views;
        _sessions = [.. sessionViews.Select(view => new CountedSessions(view.Definition.Sessions!))];
        Deltas = new DeltaSet([.. views.Concat(sessionViews).Select(view => view.Definition)]);
        Batch = new EntryBatch(Deltas.Fields);
    }

    /// <summary>Filled by the caller, added by <see cref="AddBatch"/>.</summary>
    public EntryBatch Batch { get; }

    public DeltaSet Deltas { get; }

    public long Events { get; private set; }

    /// <summary>Counters and sessions held.</summary>
    public long Counters => _buckets.Values.Sum(bucket => (long)bucket.Count) + _sessions.Sum(sessions => (long)sessions.Count);

    /// <summary>What one bucket must hold; empty when nothing was counted into it.</summary>
    public CountedBucket this[int view, string bucket] => _buckets.GetValueOrDefault((view, bucket)) ?? new CountedBucket(_views[view].Definition);

    /// <summary>What a view of sessions must keep.</summary>
    public CountedSessions SessionsOf(int view) => _sessions[view];

    /// <summary>Names of the buckets that were counted into.</summary>
    public IEnumerable<string> BucketsOf(int view) => _buckets.Keys.Where(key => key.View == view).Select(key => key.Bucket);

    public void AddBatch()
    {
        Deltas.Fold(Batch.Events);
        Events += Batch.Events.Count;
        for (var v = 0; v < Deltas.Views.Length; v++)
        {
            foreach (var tier in Deltas.Views[v].Tiers)
            {
                for (var b = 0; b < tier.BucketCount; b++) Add(v, Deltas.Views[v], tier.Tier, tier.Bucket(b));
            }
        }

        for (var v = 0; v < _sessions.Length; v++) _sessions[v].Add(Deltas.Sessions[v]);
    }

    /// <summary>Where a bucket of a view is stored: the name without the stream's tag.</summary>
    public string NameOf(int view, Tier tier, long startMs)
    {
        var (definition, generation) = (_views[view].Definition, _views[view].Generation);
        return generation > 0 ? StreamKeys.BucketName(definition.Name, generation, tier, startMs)
            : tier.Every is null ? "aggregates" : $"{definition.Name}:{startMs}";
    }

    private void Add(int v, ViewDeltas deltas, Tier tier, BucketDeltas bucket)
    {
        var key = (v, NameOf(v, tier, bucket.StartMs));
        if (!_buckets.TryGetValue(key, out var counted)) _buckets.Add(key, counted = new CountedBucket(_views[v].Definition));
        foreach (var (group, row) in bucket.Rows)
        {
            var name = Encoding.UTF8.GetString(deltas.GroupName(group));
            for (var column = 0; column < deltas.View.Columns.Count; column++)
            {
                _cell.ResetWrittenCount();
                deltas.WriteCell(row, column, _cell);
                counted.Add(name, deltas.View.Columns[column], _cell.WrittenSpan);
            }
        }
    }
}
