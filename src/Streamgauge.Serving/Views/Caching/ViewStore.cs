using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>The views of a process: which there are, which of their buckets changed when, and the buckets that were asked for.</summary>
/// <remarks>
/// One refresher per process compares with Redis (<see cref="RefreshAsync"/>), whatever the number of requests. What it publishes never
/// claims more than the buckets hold: revisions, contents that are in use and the freshness change together.
/// </remarks>
internal sealed partial class ViewStore
{
    private static readonly TimeSpan HotFor = TimeSpan.FromSeconds(60);
    private const int HotMax = 1_000; // buckets read again within one refresh; further ones wait for a query

    private readonly StreamKeys _keys;
    private readonly ViewReader _reader;
    private readonly BucketCache _cache;
    private readonly TimeProvider _time;
    private readonly ILogger<ViewStore> _logger;
    private ViewsState? _current;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RespConnection? _connection; // of the last refresh
    private long? _brokenCatalog; // version that could not be read, so that it is not tried ten times a second

    public ViewStore(IOptions<ServingOptions> options, TimeProvider time, IMeterFactory meters, ILogger<ViewStore> logger)
    {
        _keys = new StreamKeys(options.Value.Stream);
        _reader = new ViewReader(_keys, options.Value.Group);
        _cache = new BucketCache(options.Value.ViewCellsMax);
        _time = time;
        _logger = logger;
        _ = new ViewMetrics(meters, this, _cache);
    }

    /// <summary>What is in memory.</summary>
    public BucketCache Cache => _cache;

    /// <summary>The last comparison with Redis; null before the first.</summary>
    public ViewsState? Current => Volatile.Read(ref _current);

    /// <summary>Completes with the next refresh.</summary>
    public Task NextRefresh => Volatile.Read(ref _next).Task;

    /// <summary>How long ago the state was compared with Redis.</summary>
    public TimeSpan AgeOf(ViewsState state) => _time.GetElapsedTime(state.ReadAt);

    /// <summary>Takes over what changed since the last refresh. Only the refresher calls it.</summary>
    /// <returns>Number of the newest commit.</returns>
    public async Task<long> RefreshAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var last = Current;
        var readAt = _time.GetTimestamp();
        var changes = await _reader.ReadChangesAsync(connection, last?.Commits ?? 0, cancellationToken);
        // Redis went back to an earlier state, or was emptied; behind a new connection it may have done so and come past our number again.
        var isLost = last is not null && (changes.Commits < last.Commits || connection != _connection);
        _connection = connection;
        var isOther = last is null || (changes.ViewsVersion != last.CatalogVersion && changes.ViewsVersion != _brokenCatalog);
        if (last is not null && changes.Commits < last.Commits) Log.WentBack(_logger, last.Commits, changes.Commits);
        if (isLost || isOther)
        {
            var (version, views) = await ReadViewsAsync(connection, last, changes.ViewsVersion, cancellationToken);
            _cache.Clear();
            last = new ViewsState(isLost ? Guid.NewGuid().ToString("N") : last?.Incarnation ?? "", version, 0, changes.Group, readAt, views);
            changes = await _reader.ReadChangesAsync(connection, 0, cancellationToken);
        }

        await TakeOverAsync(connection, last!, changes, readAt, cancellationToken);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return Current!.Commits;
    }

    /// <summary>Reads buckets that are not in memory, for the refresher or a query.</summary>
    public async Task ReadAsync(RespConnection connection, ServedView view, int tier, IReadOnlyList<long> startsMs, Func<long, BucketContent, int, bool> take, CancellationToken cancellationToken)
    {
        if (view.IsBuiltIn)
        {
            Take(0, await _reader.ReadBuiltInAsync(connection, cancellationToken));
            return;
        }

        var at = 0;
        await _reader.ReadBucketsAsync(connection, [.. startsMs.Select(start => view.BucketName(tier, start))], stored => Take(startsMs[at++], stored), cancellationToken);

        bool Take(long startMs, StoredBucket stored)
        {
            BucketContent content;
            int cells, spoilt;
            lock (view.Gate) content = view.Parse(stored, out cells, out spoilt);
            if (spoilt > 0) Log.Spoilt(_logger, stored.Name, spoilt);
            return take(startMs, content, cells);
        }
    }

    /// <summary>Puts what was read where the next query finds it.</summary>
    public void Keep(ServedView view, int tier, long startMs, BucketContent content, int cells) => _cache.Keep(view, tier, startMs, content, cells);

    private async Task<(long Version, IReadOnlyList<ServedView> Views)> ReadViewsAsync(RespConnection connection, ViewsState? last, long version, CancellationToken cancellationToken)
    {
        List<ServedView> views = [.. ((ViewDefinition[])[BuiltInViews.Total, BuiltInViews.EventTypes, BuiltInViews.Products]).Select(view => new ServedView(view, 0, CatalogState.Active, 0, isBuiltIn: true))];
        try
        {
            var catalog = await StoredCatalog.ReadAsync(connection, _keys, cancellationToken);
            views.AddRange(catalog.Views.Select(view => new ServedView(view.Definition, view.Generation, view.State, view.SinceMs, isBuiltIn: false)));
            _brokenCatalog = null;
            return (catalog.Version, views);
        }
        catch (FormatException e)
        {
            // Rather the views that were known than none; their buckets are read anew.
            Log.BrokenCatalog(_logger, e.Message);
            _brokenCatalog = version;
            views.AddRange((last?.Views ?? []).Where(view => !view.IsBuiltIn).Select(view => new ServedView(view.Definition, view.Generation, view.State, view.SinceMs, isBuiltIn: false)));
            return (last?.CatalogVersion ?? 0, views);
        }
    }

    private async Task TakeOverAsync(RespConnection connection, ViewsState last, BucketChanges changes, long readAt, CancellationToken cancellationToken)
    {
        var places = new Dictionary<BucketPlace, long>();
        var views = last.Views.Where(view => !view.IsBuiltIn).ToDictionary(view => $"{view.Definition.Name}.{view.Generation}", StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            foreach (var (bucket, revision) in changes.Buckets)
            {
                if (BucketPlace.TryFind(bucket, views, out var place)) places[place] = revision;
            }

            if (!changes.HasMore) break;
            changes = await _reader.ReadChangesAsync(connection, changes.Buckets[^1].Value, cancellationToken);
        }

        if (changes.Commits != last.Commits)
        {
            foreach (var view in last.Views.Where(view => view.IsBuiltIn)) places[new BucketPlace(view, 0, 0)] = changes.Commits;
        }

        var fresh = await ReadHotAsync(connection, places.Keys, cancellationToken);
        _cache.Apply(places, fresh, last.Views, changes.Group.Now);
        Volatile.Write(ref _current, last with { Commits = changes.Commits, Group = changes.Group, ReadAt = readAt, Shared = new(), Bodies = new() });
    }

    // What people look at is read again at once, before the change is published: their next query finds it, and finds it whole.
    private async Task<Dictionary<BucketPlace, (BucketContent Content, int Cells)>> ReadHotAsync(RespConnection connection, IEnumerable<BucketPlace> changed, CancellationToken cancellationToken)
    {
        var fresh = new Dictionary<BucketPlace, (BucketContent, int)>();
        foreach (var group in changed.Where(IsHot).Take(HotMax).GroupBy(place => (place.View, place.Tier)))
        {
            var (view, tier) = group.Key;
            await ReadAsync(connection, view, tier, [.. group.Select(place => place.StartMs)], Add, cancellationToken);

            bool Add(long startMs, BucketContent content, int cells)
            {
                fresh[new BucketPlace(view, tier, startMs)] = (content, cells);
                return true;
            }
        }

        return fresh;
    }

    private bool IsHot(BucketPlace place)
    {
        lock (place.View.Gate) return place.View.Tiers[place.Tier].TryGetValue(place.StartMs, out var slot) && slot.Content is not null && _time.GetElapsedTime(slot.AskedAt) < HotFor;
    }

    private static partial class Log
    {
        [LoggerMessage(4020, LogLevel.Warning, "Redis has {Commits} commits and had {CommitsBefore}: it lost state. All views are read again")]
        public static partial void WentBack(ILogger logger, long commitsBefore, long commits);

        [LoggerMessage(4021, LogLevel.Error, "The catalog of views cannot be read, so the views known before are served: {Reason}")]
        public static partial void BrokenCatalog(ILogger logger, string reason);

        [LoggerMessage(4022, LogLevel.Warning, "{Fields} fields of bucket {Bucket} hold what no counting wrote and are left out; was the key changed by hand?")]
        public static partial void Spoilt(ILogger logger, string bucket, int fields);
    }
}
