namespace Streamgauge.Views;

/// <summary>What a batch adds to one tier of one view, per bucket. Reused; allocates only while it grows.</summary>
public sealed class TierDeltas
{
    private const int PoolKept = 64; // buckets kept from a batch that was spread far over time
    private readonly List<BucketDeltas> _pool = [];
    private readonly Dictionary<long, BucketDeltas> _byStart = [];
    private BucketDeltas? _last;

    internal TierDeltas(Tier tier) => Tier = tier;

    public Tier Tier { get; }

    /// <summary>Buckets touched; the first <see cref="BucketCount"/> are valid.</summary>
    public int BucketCount { get; private set; }

    public BucketDeltas Bucket(int index) => _pool[index];

    internal void Restart()
    {
        if (_pool.Count > PoolKept && BucketCount < _pool.Count / 16) _pool.RemoveRange(PoolKept, _pool.Count - PoolKept);
        BucketCount = 0;
        _byStart.Clear();
        _last = null;
    }

    /// <summary>The bucket that starts there, new or known. Events mostly come in order of time, so the last one is tried first.</summary>
    internal BucketDeltas At(long startMs)
    {
        if (_last?.StartMs == startMs) return _last;
        if (_byStart.TryGetValue(startMs, out var known)) return _last = known;
        if (BucketCount == _pool.Count) _pool.Add(new BucketDeltas());
        var bucket = _pool[BucketCount++];
        bucket.Restart(startMs);
        _byStart.Add(startMs, bucket);
        return _last = bucket;
    }
}
