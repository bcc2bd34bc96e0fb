using Microsoft.Extensions.Options;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Brings the buckets of a query together: from memory, and what is missing from Redis.</summary>
internal sealed class BucketGathering(ViewStore store, ReadThrough reads, IOptions<ServingOptions> options, TimeProvider time)
{
    /// <summary>Newest revision of the buckets from <paramref name="startsMs"/>, without reading any; 0 when there are none.</summary>
    public static long RevisionOf(ServedView view, int tier, IEnumerable<long> startsMs)
    {
        var revision = 0L;
        lock (view.Gate)
        {
            var slots = view.Tiers[tier];
            if (slots.Count == 0) return 0;
            foreach (var startMs in startsMs)
            {
                if (slots.TryGetValue(startMs, out var slot)) revision = Math.Max(revision, slot.Revision);
            }
        }

        return revision;
    }

    /// <summary>The buckets there are, by start.</summary>
    public async Task<Gathered> GatherAsync(ServedView view, int tier, IEnumerable<long> startsMs)
    {
        var buckets = new Dictionary<long, BucketContent>();
        var cellsLeft = options.Value.ViewCellsMax;
        var missing = FindIn(view, tier, startsMs, buckets, ref cellsLeft);
        if (missing.Count == 0) return new Gathered(GatherOutcome.Done, buckets);

        // Bounded by the command timeout: whoever reads holds no lock but this one.
        await view.Reading.WaitAsync(CancellationToken.None);
        try
        {
            missing = FindIn(view, tier, missing, buckets, ref cellsLeft); // another query may have read them meanwhile
            if (missing.Count == 0) return new Gathered(GatherOutcome.Done, buckets);
            return await ReadMissingAsync(view, tier, missing, buckets, cellsLeft);
        }
        finally
        {
            view.Reading.Release();
        }
    }

    private async Task<Gathered> ReadMissingAsync(ServedView view, int tier, List<long> missing, Dictionary<long, BucketContent> buckets, long cellsLeft)
    {
        var (outcome, _) = await reads.RunAsync(async connection =>
        {
            await store.ReadAsync(connection, view, tier, missing, Take, CancellationToken.None);
            return true;
        });
        return outcome switch
        {
            ReadOutcome.Busy => new Gathered(GatherOutcome.Busy, buckets),
            ReadOutcome.Away => new Gathered(GatherOutcome.Away, buckets),
            _ when cellsLeft < 0 => new Gathered(GatherOutcome.TooLarge, buckets),
            _ => new Gathered(GatherOutcome.Done, buckets),
        };

        bool Take(long startMs, BucketContent content, int cells)
        {
            buckets[startMs] = content;
            store.Keep(view, tier, startMs, content, cells);
            cellsLeft -= cells;
            return cellsLeft >= 0;
        }
    }

    private List<long> FindIn(ServedView view, int tier, IEnumerable<long> startsMs, Dictionary<long, BucketContent> buckets, ref long cellsLeft)
    {
        var missing = new List<long>();
        var now = time.GetTimestamp();
        lock (view.Gate)
        {
            var slots = view.Tiers[tier];
            foreach (var startMs in startsMs)
            {
                if (!slots.TryGetValue(startMs, out var slot)) continue; // no event ever fell into it
                slot.AskedAt = now;
                if (slot.Content is { } content && content.Revision >= slot.Revision)
                {
                    buckets[startMs] = content;
                    cellsLeft -= slot.Cells;
                }
                else
                {
                    missing.Add(startMs);
                }
            }
        }

        return missing;
    }
}

/// <summary>The buckets of a query.</summary>
internal readonly record struct Gathered(GatherOutcome Outcome, IReadOnlyDictionary<long, BucketContent> Buckets);

/// <summary>What became of bringing buckets together.</summary>
internal enum GatherOutcome
{
    Done,

    /// <summary>Too many reads at once.</summary>
    Busy,

    /// <summary>Redis cannot be read.</summary>
    Away,

    /// <summary>More than one query may read.</summary>
    TooLarge,
}
