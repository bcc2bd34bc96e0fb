using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Writes what a batch adds to all buckets of all views: a count of sections and the sections, and the keys they name.</summary>
internal sealed class SectionsWriter(StreamKeys keys, IReadOnlyList<CatalogView> catalog)
{
    private const int AggregatesKey = 5; // counted from 1, as Lua does: stream, meta, dead, buckets, aggregates, then a key per bucket
    private readonly CatalogView[] _grouped = [.. catalog.Where(view => view.Definition.Sessions is null)];
    private readonly SectionLayout[] _layouts = [.. catalog.Where(view => view.Definition.Sessions is null).Select(view => new SectionLayout(view))];
    private readonly SessionLayout[] _sessions = [.. catalog.Where(view => view.Definition.Sessions is not null).Select(view => new SessionLayout(view, keys))];
    private readonly List<string> _bucketKeys = [];
    private readonly List<long> _starts = [];

    /// <summary>Keys of the call.</summary>
    public int KeyCount => AggregatesKey + _bucketKeys.Count;

    /// <param name="nowMs">About now: which buckets of sessions may exist. What is over is decided by Redis's clock, when the commit comes there.</param>
    public void Write(RespWriter arguments, DeltaSet deltas, long nowMs)
    {
        _bucketKeys.Clear();
        arguments.WriteBulk(CountSections(deltas));
        for (var v = 0; v < deltas.Views.Length; v++)
        {
            var view = deltas.Views[v];
            if (_grouped[v].Generation > 0) WriteDeclared(arguments, view, _grouped[v], _layouts[v]);
            else if (view.View.Tiers[0].Every is not null) WriteLinked(arguments, view, _layouts[v], nowMs);
            else if (view.Tiers[0].BucketCount > 0) _layouts[v].Write(arguments, view, view.View.Tiers[0], view.Tiers[0].Bucket(0), AggregatesKey, bucketName: "", firstSibling: 0, siblings: 0);
        }

        WriteSessions(arguments, deltas);
    }

    public void WriteKeys(RespWriter output)
    {
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(keys.Meta);
        output.WriteBulk(keys.Dead);
        output.WriteBulk(keys.Buckets);
        output.WriteBulk(keys.Aggregates);
        foreach (var key in _bucketKeys) output.WriteBulk(key);
    }

    private static int CountSections(DeltaSet deltas)
    {
        var sections = 0;
        foreach (var view in deltas.Views)
        {
            foreach (var tier in view.Tiers) sections += tier.BucketCount;
        }

        return sections;
    }

    private void WriteDeclared(RespWriter arguments, ViewDeltas view, CatalogView declared, SectionLayout layout)
    {
        foreach (var tier in view.Tiers)
        {
            for (var b = 0; b < tier.BucketCount; b++)
            {
                var bucket = tier.Bucket(b);
                var name = StreamKeys.BucketName(declared.Definition.Name, declared.Generation, tier.Tier, bucket.StartMs);
                _bucketKeys.Add(keys.BucketKey(name));
                layout.Write(arguments, view, tier.Tier, bucket, KeyCount, name, firstSibling: 0, siblings: 0);
            }
        }
    }

    private void WriteSessions(RespWriter arguments, DeltaSet deltas)
    {
        var touched = 0;
        foreach (var view in deltas.Sessions) touched += view.Ids.IsEmpty ? 0 : 1;
        if (touched == 0) return;
        arguments.WriteBulk(touched);
        for (var v = 0; v < deltas.Sessions.Length; v++)
        {
            if (deltas.Sessions[v].Ids.IsEmpty) continue;
            _sessions[v].Write(arguments, deltas.Sessions[v], KeyCount + 1);
            _bucketKeys.AddRange(_sessions[v].Keys);
        }
    }

    /// <summary>Built-in sessions: a group that is new in one bucket is linked to the others it stands in, so all that can exist are declared.</summary>
    private void WriteLinked(RespWriter arguments, ViewDeltas view, SectionLayout layout, long nowMs)
    {
        var tier = view.Tiers[0];
        if (tier.BucketCount == 0) return;
        _starts.Clear();
        _starts.AddRange(tier.Tier.LiveBucketsMs(nowMs));
        var firstKey = KeyCount + 1;
        foreach (var startMs in _starts) _bucketKeys.Add(keys.Bucket(view.View.Name, startMs));
        for (var b = 0; b < tier.BucketCount; b++)
        {
            var bucket = tier.Bucket(b);
            var key = firstKey + _starts.IndexOf(bucket.StartMs);
            if (key < firstKey)
            {
                // Over already, or of an entry whose id lies in the future.
                _bucketKeys.Add(keys.Bucket(view.View.Name, bucket.StartMs));
                key = KeyCount;
            }

            layout.Write(arguments, view, tier.Tier, bucket, key, bucketName: "", firstKey, _starts.Count);
        }
    }
}
