using System.Diagnostics;
using System.Globalization;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Counts the retained stream again and compares with what is stored, while counting goes on.</summary>
/// <remarks>
/// Buckets are read together with what was done with at that moment, and the recount is brought to exactly there before it is compared. So a difference is one
/// in the numbers, never one in time. Of a stream that was trimmed, the buckets and sessions whose events all arrived after its oldest entry can be compared.
/// </remarks>
public sealed class StreamVerifier(RespConnection connection, StreamKeys keys, string group)
{
    private const int EntriesPerPage = 100;
    private const int BucketsPerPage = 32;
    private const long FieldsPerPage = 10_000; // read in one step, during which Redis serves nobody else: a few milliseconds
    private const int UndeliveredCountedMax = 100_000;
    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromMinutes(1);

    private IReadOnlyList<CatalogView> _views = [];
    private IReadOnlyList<CatalogView> _sessionViews = [];
    private Recount _recount = new([], []);
    private RangeRequest? _range;
    private Seam _counted = Seam.Parse("0-0");
    private StreamEntryId _completeFrom;
    private long _version;
    private long _commits;

    /// <summary>How much of the time it may spend on reading, against pausing.</summary>
    /// <value>Default 0.5. Redis's own part is a fraction of it, for decoding and adding up count as reading too.</value>
    public double Share { get; init; } = 0.5;

    /// <summary>Buckets of more fields are left out: one is read in one step, and 10,000 fields hold Redis up for milliseconds.</summary>
    /// <value>Default: none is too large.</value>
    public long FieldsPerBucketMax { get; init; } = long.MaxValue;

    /// <summary>Counters held in memory at most, about 100 bytes each.</summary>
    /// <value>Default: as many as it takes.</value>
    public long CountersMax { get; init; } = long.MaxValue;

    /// <summary>Compares everything that can be compared.</summary>
    /// <param name="report">Told how far it is: entries counted again so far.</param>
    /// <exception cref="VerificationVoidException">Nothing can be said: views or state changed meanwhile, or there is more than <see cref="CountersMax"/>.</exception>
    public async Task<Verification> RunAsync(Action<long> report, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        var audit = await ReadAsync([], cancellationToken);
        await CountToAsync(audit.Seam, report, cancellationToken);
        var buckets = await BucketsAsync(await RetainedStream.ReadClockAsync(connection, cancellationToken), cancellationToken);
        var reached = buckets.Where(IsComparable).ToList();
        var sizes = await ReadSizesAsync(reached, cancellationToken);
        var comparable = reached.Where(bucket => sizes[bucket.Name] <= FieldsPerBucketMax).ToList();
        var compared = 0;
        var drifts = new List<Drift>();
        foreach (var names in Pages(comparable.Select(bucket => bucket.Name).Distinct(StringComparer.Ordinal), sizes))
        {
            var start = Stopwatch.GetTimestamp();
            audit = await ReadAsync(names, cancellationToken);
            var now = await RetainedStream.ReadClockAsync(connection, cancellationToken);
            await CountToAsync(audit.Seam, report, cancellationToken);
            foreach (var bucket in comparable.Where(bucket => names.Contains(bucket.Name) && IsKept(bucket, now)))
            {
                // An expired bucket is gone, a trimmed one out of reach since it was chosen.
                if (!IsComparable(bucket)) continue;
                compared++;
                drifts.AddRange(_recount[bucket.View, bucket.Name].Compare(bucket.Name, audit.Buckets[names.IndexOf(bucket.Name)], owned: bucket.Name != "aggregates"));
            }

            await PaceAsync(start, cancellationToken);
        }

        var sessionViews = new List<VerifiedSessions>();
        for (var v = 0; v < _sessionViews.Count; v++) sessionViews.Add(await CompareSessionsAsync(v, drifts, report, cancellationToken));
        if (_sessionViews.Count > 0) audit = await ReadAsync([], cancellationToken);
        return new Verification
        {
            Entries = EntriesCounted,
            Events = _recount.Events,
            Since = _completeFrom == default ? null : _completeFrom.Arrival,
            BucketsCompared = compared,
            BucketsOutOfReach = buckets.Count - compared,
            SessionViews = sessionViews,
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
        _sessionViews = [.. catalog.Views.Where(view => view.State == CatalogState.Active && view.Definition.Sessions is not null)];
        _recount = new Recount(_views, _sessionViews);
        _range = new RangeRequest(keys) { Target = _recount.Batch, Wants = _ => true, Count = EntriesPerPage };
        _completeFrom = await RetainedStream.ReadOldestAsync(connection, keys, cancellationToken);
        _version = catalog.Version;
    }

    private async Task<VerifiedSessions> CompareSessionsAsync(int index, List<Drift> drifts, Action<long> report, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var view = _sessionViews[index];
        var name = $"{view.Definition.Name}.{view.Generation}";
        var (sessions, ends, totals) = StreamKeys.SessionNames(view.Definition.Name, view.Generation);
        if ((await connection.ExecuteAsync(["HLEN", keys.BucketKey(sessions)], cancellationToken)).AsInteger() > FieldsPerBucketMax)
            return new VerifiedSessions(name, Compared: 0, OutOfReach: 0, IsBeyondLimit: false, IsLeftOut: true);

        var audit = await ReadAsync([sessions, ends, totals], cancellationToken);
        var now = await RetainedStream.ReadClockAsync(connection, cancellationToken);
        await CountToAsync(audit.Seam, report, cancellationToken);
        var comparison = new SessionComparison(view.Definition.Sessions!, _recount.SessionsOf(index), ReachMs(view));
        var (result, found) = comparison.Compare(StoredSessions.Read(name, audit.Buckets[0], audit.Buckets[1], audit.Buckets[2]), now);
        drifts.AddRange(found);
        await PaceAsync(start, cancellationToken);
        return result;
    }

    // Times run ahead of arrivals by the allowed skew at most. Events judged by another retention happened before it was changed.
    private long ReachMs(CatalogView view)
    {
        var arrivedMs = Math.Max(_completeFrom.ArrivalMs, view.SinceMs);
        return Math.Max(view.RetainSinceMs, arrivedMs == 0 ? 0 : arrivedMs + (long)EventLimits.FutureSkewMax.TotalMilliseconds);
    }

    private async Task<Audit> ReadAsync(List<string> names, CancellationToken cancellationToken)
    {
        var audit = await Audit.ReadAsync(connection, keys, group, [.. names.Select(keys.BucketKey)], cancellationToken);
        if (audit.Book("views_version") != _version) throw new VerificationVoidException("changed", "the declared views were changed meanwhile; verify again");
        if (audit.Book("commits") < _commits) throw new VerificationVoidException("changed", "Redis lost commits meanwhile (FLUSHALL, restored backup, failover); verify again");
        _commits = audit.Book("commits");
        return audit;
    }

    private async Task<Dictionary<string, long>> ReadSizesAsync(List<VerifiedBucket> buckets, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var bucket in buckets)
        {
            if (!sizes.ContainsKey(bucket.Name)) sizes.Add(bucket.Name, (await connection.ExecuteAsync(["HLEN", keys.BucketKey(bucket.Name)], cancellationToken)).AsInteger());
        }

        return sizes;
    }

    private static IEnumerable<List<string>> Pages(IEnumerable<string> names, Dictionary<string, long> sizes)
    {
        var page = new List<string>();
        long fields = 0;
        foreach (var name in names)
        {
            if (page.Count > 0 && (page.Count == BucketsPerPage || fields + sizes[name] > FieldsPerPage))
            {
                yield return page;
                page = [];
                fields = 0;
            }

            page.Add(name);
            fields += sizes[name];
        }

        if (page.Count > 0) yield return page;
    }

    // This runs beside counting.
    private Task PaceAsync(long start, CancellationToken cancellationToken) =>
        Task.Delay(Stopwatch.GetElapsedTime(start) * ((1 - Share) / Share), cancellationToken);

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
            if (_recount.Counters > CountersMax) throw new VerificationVoidException("too_large", $"the retained stream makes more than {CountersMax:N0} counters; `streamgauge verify` has no such bound");
            EntriesCounted += _recount.Batch.Count;
            report(EntriesCounted);
            if (range.Seen == 0) break;

            // Housekeeping may have trimmed what we had not read yet.
            var oldest = await RetainedStream.ReadOldestAsync(connection, keys, cancellationToken);
            if (oldest > range.After && _completeFrom < oldest) _completeFrom = oldest;
            range.After = range.Last;
            await PaceAsync(start, cancellationToken);
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
                    var bucket = new VerifiedBucket(v, tier, startMs, name);
                    if (IsKept(bucket, now)) buckets.Add(bucket);
                }
            }
        }

        return buckets;
    }

    private static bool IsKept(VerifiedBucket bucket, DateTimeOffset now) => bucket.Tier.BucketExpiryMs(bucket.StartMs) > (now + ExpiresSoon).ToUnixTimeMilliseconds();

    // An event's time may run ahead of its arrival by the allowed skew, so what arrived before the oldest entry may still be in buckets that begin a little after it.
    private bool IsComparable(VerifiedBucket bucket) =>
        _completeFrom == default ? _views[bucket.View].SinceMs == 0
            : bucket.Tier.Every is not null && bucket.StartMs - (long)EventLimits.FutureSkewMax.TotalMilliseconds > _completeFrom.ArrivalMs;

    private async Task<VerifiedBooks> ReadBooksAsync(Audit audit, CancellationToken cancellationToken) =>
        new(audit.EntriesAdded, audit.Book("entries"), audit.Book("dead_entries"), audit.Book("lost"), audit.Pending, await CountUndeliveredAsync(audit, cancellationToken));

    // Redis's own lag is wrong once an entry was deleted, so they are counted; a backlog too long for that is not known.
    private async Task<long?> CountUndeliveredAsync(Audit audit, CancellationToken cancellationToken)
    {
        if (audit.Delivered is not { } delivered) return audit.EntriesAdded == 0 ? 0 : null;
        var range = new RangeRequest(keys) { Target = _recount.Batch, Wants = _ => false, Count = EntriesPerPage, After = delivered, Until = audit.Last };
        for (long count = 0; count < UndeliveredCountedMax; count += range.Seen, range.After = range.Last)
        {
            var start = Stopwatch.GetTimestamp();
            await connection.ExecuteAsync(range, ct: cancellationToken);
            await PaceAsync(start, cancellationToken);
            if (range.Seen < EntriesPerPage) return count + range.Seen;
        }

        return null;
    }

    private readonly record struct VerifiedBucket(int View, Tier Tier, long StartMs, string Name);
}
