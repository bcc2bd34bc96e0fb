using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a batch adds to one view, per bucket. Reused; allocates only while it grows; not thread-safe.</summary>
public sealed class ViewDeltas(ViewDefinition view)
{
    private readonly List<BucketDeltas> _pool = [];
    private FieldColumn? _groups;

    public ViewDefinition View { get; } = view;

    /// <summary>Buckets touched by the last <see cref="Fold"/>; the first <see cref="BucketCount"/> are valid.</summary>
    public int BucketCount { get; private set; }

    /// <summary>Events of the last <see cref="Fold"/> that came after their bucket had been forgotten: not in this view, and reported.</summary>
    public int LateCount { get; private set; }

    public BucketDeltas Bucket(int index) => _pool[index];

    /// <summary>Bytes of a group's name, valid until the batch is cleared. Empty for the view of everything.</summary>
    public ReadOnlySpan<byte> GroupName(int group) => _groups is null ? default : _groups.Symbols[group];

    /// <summary>Adds up a batch. The result refers to the batch's symbols and lives as long as they do.</summary>
    /// <param name="nowMs">Newest arrival in the batch: what is late is decided by it, not by the clock of whoever counts.</param>
    public void Fold(EventBatch batch, long nowMs)
    {
        BucketCount = 0;
        LateCount = 0;
        _groups = View.GroupBy.Count > 0 ? batch.Column(View.GroupBy[0]) : null;
        if (View.Tiers[0].Every is null) FoldAllTime(batch);
        else FoldBuckets(batch, nowMs);
    }

    private void FoldAllTime(EventBatch batch)
    {
        if (batch.Count == 0) return;
        var bucket = Open(0);
        var values = batch.ValuesMicros;
        if (_groups is null)
        {
            foreach (var value in values) bucket.Add(0, value == EventBatch.NoValue ? 0 : value);
            return;
        }

        var groups = _groups.Values(batch.Count);
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i] >= 0) bucket.Add(groups[i], values[i] == EventBatch.NoValue ? 0 : values[i]);
        }
    }

    private void FoldBuckets(EventBatch batch, long nowMs)
    {
        var times = batch.TimestampsMs;
        var values = batch.ValuesMicros;
        BucketDeltas? bucket = null;
        for (var i = 0; i < times.Length; i++)
        {
            var group = _groups is null ? 0 : _groups[i];
            if (group < 0) continue;
            var startMs = View.Tiers[0].BucketStartMs(times[i]);
            if (bucket is null || bucket.StartMs != startMs)
            {
                if (View.Tiers[0].BucketExpiryMs(startMs) <= nowMs)
                {
                    LateCount++;
                    continue;
                }

                bucket = Find(startMs) ?? Open(startMs);
            }

            bucket.Add(group, values[i] == EventBatch.NoValue ? 0 : values[i]);
        }
    }

    private BucketDeltas? Find(long startMs)
    {
        for (var i = 0; i < BucketCount; i++)
        {
            if (_pool[i].StartMs == startMs) return _pool[i];
        }

        return null;
    }

    private BucketDeltas Open(long startMs)
    {
        if (BucketCount == _pool.Count) _pool.Add(new BucketDeltas());
        var bucket = _pool[BucketCount++];
        bucket.Restart(startMs, _groups?.Symbols.Count ?? 1);
        return bucket;
    }
}
