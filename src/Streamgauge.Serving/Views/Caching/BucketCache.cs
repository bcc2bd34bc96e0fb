using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Keeps the memory of all buckets together within a budget of cells; what was not asked for the longest goes first.</summary>
/// <param name="cellsMax">Cells kept at most, but for the buckets of one query.</param>
internal sealed class BucketCache(long cellsMax)
{
    private const long PruneEveryMs = 60_000;
    private readonly Lock _gate = new(); // taken inside a view's gate, never around one
    private readonly HashSet<(ServedView View, int Tier, long StartMs, BucketSlot Slot)> _kept = [];
    private long _cells;
    private long _evicted;
    private long _prunedAtMs;

    /// <summary>Cells in memory.</summary>
    public long Cells => Interlocked.Read(ref _cells);

    /// <summary>Buckets given up for others.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Takes over a refresh, one view after the other, each as a whole.</summary>
    /// <param name="changed">Buckets that changed, with their revisions.</param>
    /// <param name="fresh">Contents of some of them.</param>
    /// <param name="views">All views.</param>
    /// <param name="now">Redis's clock: what is past its retention is forgotten here too.</param>
    public void Apply(Dictionary<BucketPlace, long> changed, Dictionary<BucketPlace, (BucketContent Content, int Cells)> fresh, IReadOnlyList<ServedView> views, DateTimeOffset now)
    {
        foreach (var view in changed.GroupBy(place => place.Key.View))
        {
            lock (view.Key.Gate)
            {
                foreach (var (place, revision) in view)
                {
                    var tier = place.View.Tiers[place.Tier];
                    if (!tier.TryGetValue(place.StartMs, out var slot)) tier[place.StartMs] = slot = new BucketSlot();
                    slot.Revision = Math.Max(slot.Revision, revision);
                    view.Key.Revision = Math.Max(view.Key.Revision, revision);
                    if (fresh.TryGetValue(place, out var read)) KeepIn(place.View, place.Tier, place.StartMs, slot, read.Content, read.Cells);
                    else if (slot.Content is { } old && old.Revision < slot.Revision) DropFrom(place.View, place.Tier, place.StartMs, slot);
                }
            }
        }

        var nowMs = now.ToUnixTimeMilliseconds();
        if (nowMs - _prunedAtMs < PruneEveryMs) return;
        _prunedAtMs = nowMs;
        foreach (var view in views) Prune(view, nowMs);
    }

    public void Keep(ServedView view, int tier, long startMs, BucketContent content, int cells)
    {
        lock (view.Gate)
        {
            if (view.Tiers[tier].TryGetValue(startMs, out var slot)) KeepIn(view, tier, startMs, slot, content, cells);
        }

        if (Cells > cellsMax) Evict();
    }

    /// <summary>Forgets everything: the views are others now.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
            _cells = 0;
        }
    }

    private void KeepIn(ServedView view, int tier, long startMs, BucketSlot slot, BucketContent content, int cells)
    {
        if (slot.Content is { } known && known.Revision > content.Revision) return; // two readers: the later state stays
        DropFrom(view, tier, startMs, slot);
        slot.Keep(content, cells);
        lock (_gate)
        {
            if (_kept.Add((view, tier, startMs, slot))) _cells += cells;
        }
    }

    private void DropFrom(ServedView view, int tier, long startMs, BucketSlot slot)
    {
        lock (_gate)
        {
            if (_kept.Remove((view, tier, startMs, slot))) _cells -= slot.Cells;
        }

        slot.Drop();
    }

    private void Evict()
    {
        List<(ServedView View, int Tier, long StartMs, BucketSlot Slot)> oldest;
        lock (_gate) oldest = [.. _kept.OrderBy(kept => kept.Slot.AskedAt)];
        foreach (var (view, tier, startMs, slot) in oldest)
        {
            if (Cells <= cellsMax * 3 / 4) return;
            lock (view.Gate) DropFrom(view, tier, startMs, slot);
            Interlocked.Increment(ref _evicted);
        }
    }

    private void Prune(ServedView view, long nowMs)
    {
        lock (view.Gate)
        {
            for (var tier = 0; tier < view.Tiers.Count; tier++)
            {
                var definition = view.Definition.Tiers[tier];
                foreach (var startMs in view.Tiers[tier].Keys.Where(start => definition.BucketExpiryMs(start) <= nowMs).ToList())
                {
                    DropFrom(view, tier, startMs, view.Tiers[tier][startMs]);
                    view.Tiers[tier].Remove(startMs);
                }
            }
        }
    }
}
