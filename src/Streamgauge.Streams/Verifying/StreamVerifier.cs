using System.Diagnostics;
using System.Globalization;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Counts the retained stream again and compares with what is stored, while counting goes on.</summary>
/// <remarks>
/// Buckets are read together with what was done with at that moment, and the recount is brought to exactly there before it is compared. So a difference is one
/// in the numbers, never one in time. Of a stream that was trimmed, the buckets whose events all arrived after its oldest entry can be compared.
/// </remarks>
public sealed class StreamVerifier(RespConnection connection, StreamKeys keys, string group)
{
    private const int EntriesPerPage = 100;
    private const int BucketsPerPage = 32;
    private const int UndeliveredCountedMax = 100_000;
    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromMinutes(1);

    private IReadOnlyList<CatalogView> _views = [];
    private Recount _recount = new([]);
    private RangeRequest? _range;
    private Seam _counted = Seam.Parse("0-0");
    private StreamEntryId _completeFrom;

    /// <summary>Compares everything that can be compared.</summary>
    /// <param name="report">Told how far it is: entries counted again so far.</param>
    public async Task<Verification> RunAsync(Action<long> report, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        var audit = await Audit.ReadAsync(connection, keys, group, [], cancellationToken);
        await CountToAsync(audit.Seam, report, cancellationToken);
        var now = await RetainedStream.ReadClockAsync(connection, cancellationToken);
        var buckets = await BucketsAsync(now, cancellationToken);
        var comparable = buckets.Where(IsComparable).ToList();
        var drifts = new List<Drift>();
        foreach (var page in comparable.GroupBy(bucket => bucket.Name, StringComparer.Ordinal).Chunk(BucketsPerPage))
        {
            audit = await Audit.ReadAsync(connection, keys, group, [.. page.Select(bucket => keys.BucketKey(bucket.Key))], cancellationToken);
            await CountToAsync(audit.Seam, report, cancellationToken);
            for (var i = 0; i < page.Length; i++)
            {
                foreach (var bucket in page[i]) drifts.AddRange(_recount[bucket.View, bucket.Name].Compare(bucket.Name, audit.Buckets[i], owned: bucket.Name != "aggregates"));
            }
        }

        return new Verification
        {
            Entries = EntriesCounted,
            Events = _recount.Events,
            Since = _completeFrom == default ? null : DateTimeOffset.FromUnixTimeMilliseconds(_completeFrom.ArrivalMs),
            BucketsCompared = comparable.Count,
            BucketsOutOfReach = buckets.Count - comparable.Count,
            Drifts = drifts,
            Books = await ReadBooksAsync(audit, cancellationToken),
        };
    }

    private long EntriesCounted { get; set; }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        var catalog = await StoredCatalog.ReadAsync(connection, keys, cancellationToken);
        var retain = await new AggregatesReader(keys, group).ReadSessionRetainAsync(connection, cancellationToken);
        _views = [.. catalog.With([BuiltInViews.Total, BuiltInViews.EventTypes, BuiltInViews.Products, BuiltInViews.Sessions(retain, int.MaxValue)]).Where(view => view.State == CatalogState.Active && view.Definition.Sessions is null)];
        _recount = new Recount(_views);
        _range = new RangeRequest(keys) { Target = _recount.Batch, Wants = _ => true, Count = EntriesPerPage };
        _completeFrom = await RetainedStream.ReadOldestAsync(connection, keys, cancellationToken);
    }

    /// <summary>Counts what is done with according to <paramref name="seam"/> and was not counted yet.</summary>
    private async Task CountToAsync(Seam seam, Action<long> report, CancellationToken cancellationToken)
    {
        var before = _counted;
        var buried = await BuriedEntries.ReadAsync(connection, keys, cancellationToken);
        var range = _range!;
        range.After = before.Floor;
        range.Wants = id => seam.Holds(id) && !before.Holds(id) && !buried.Contains(id);
        while (range.After < seam.End)
        {
            var start = Stopwatch.GetTimestamp();
            await connection.ExecuteAsync(range, ct: cancellationToken);
            _recount.AddBatch();
            EntriesCounted += _recount.Batch.Count;
            report(EntriesCounted);
            if (range.Seen == 0) break;

            // Housekeeping may have trimmed what we had not read yet.
            var oldest = await RetainedStream.ReadOldestAsync(connection, keys, cancellationToken);
            if (oldest > range.After && _completeFrom < oldest && range.After != default) _completeFrom = oldest;
            range.After = range.Last;
            await Task.Delay(Stopwatch.GetElapsedTime(start), cancellationToken); // half of Redis's time at most: this runs beside counting
        }

        _counted = seam;
    }

    /// <summary>Every bucket that is stored, or should be.</summary>
    private async Task<List<VerifiedBucket>> BucketsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var names = (await connection.ExecuteAsync(["ZRANGE", keys.Buckets, "0", "-1"], cancellationToken)).Items.Select(item => item.AsText()).ToList();
        var buckets = new List<VerifiedBucket>();
        for (var v = 0; v < _views.Count; v++)
        {
            foreach (var tier in _views[v].Definition.Tiers)
            {
                var head = tier.Every is null ? _recount.NameOf(v, tier, 0) : _recount.NameOf(v, tier, 0)[..^1];
                var stored = names.Where(name => tier.Every is null ? name == head : name.StartsWith(head, StringComparison.Ordinal));
                foreach (var name in stored.Union(_recount.BucketsOf(v).Where(name => tier.Every is null ? name == head : name.StartsWith(head, StringComparison.Ordinal))))
                {
                    var startMs = tier.Every is null ? 0 : long.Parse(name[head.Length..], CultureInfo.InvariantCulture);
                    if (tier.BucketExpiryMs(startMs) > (now + ExpiresSoon).ToUnixTimeMilliseconds()) buckets.Add(new VerifiedBucket(v, tier, startMs, name));
                }
            }
        }

        return buckets;
    }

    // An event's time may run ahead of its arrival by the allowed skew, so what arrived before the oldest entry may still be in buckets that begin a little after it.
    private bool IsComparable(VerifiedBucket bucket) =>
        _completeFrom == default ? _views[bucket.View].SinceMs == 0
            : bucket.Tier.Every is not null && bucket.StartMs > _completeFrom.ArrivalMs + (long)EventLimits.FutureSkewMax.TotalMilliseconds;

    private async Task<VerifiedBooks> ReadBooksAsync(Audit audit, CancellationToken cancellationToken) =>
        new(audit.EntriesAdded, audit.Book("entries"), audit.Book("dead_entries"), audit.Book("lost"), audit.Pending, await CountUndeliveredAsync(audit, cancellationToken));

    // Redis's own lag is wrong once an entry was deleted, so they are counted; a backlog too long for that is not known.
    private async Task<long?> CountUndeliveredAsync(Audit audit, CancellationToken cancellationToken)
    {
        if (audit.Delivered is not { } delivered) return audit.EntriesAdded == 0 ? 0 : null;
        var range = new RangeRequest(keys) { Target = _recount.Batch, Wants = _ => false, Count = EntriesPerPage, After = delivered, Until = audit.Last };
        for (long count = 0; count < UndeliveredCountedMax; count += range.Seen, range.After = range.Last)
        {
            await connection.ExecuteAsync(range, ct: cancellationToken);
            if (range.Seen < EntriesPerPage) return count + range.Seen;
        }

        return null;
    }

    private readonly record struct VerifiedBucket(int View, Tier Tier, long StartMs, string Name);
}
