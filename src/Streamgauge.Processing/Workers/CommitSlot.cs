using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Processing;

/// <summary>One batch on its way from read to commit, with everything it needs, reused for ever.</summary>
internal sealed partial class CommitSlot
{
    private readonly CommitRequest _request;
    private readonly string _stream;
    private readonly string _group;
    private readonly string _consumer;
    private readonly ProcessorMetrics _metrics;
    private readonly WorkerActivity _activity;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    public CommitSlot(ProcessorOptions options, ViewCatalog catalog, StreamKeys keys, string consumer, ProcessorMetrics metrics, WorkerActivity activity, ILogger logger, TimeProvider time)
    {
        var views = catalog.With(options.BuiltInViews);
        Deltas = new DeltaSet([.. views.Select(view => view.Definition)]);
        Batch = new EntryBatch(Deltas.Fields);
        _request = new CommitRequest(keys, options.Group, consumer, views, catalog.Version, options.Recovery.DeadLettersMax);
        (_stream, _group, _consumer) = (options.Stream, options.Group, consumer);
        _metrics = metrics;
        _activity = activity;
        _logger = logger;
        _time = time;
    }

    public EntryBatch Batch { get; }

    public DeltaSet Deltas { get; }

    /// <summary>Commits of the stream when this slot's last one counted; fewer later on mean that Redis lost state.</summary>
    public long CommitsKnown { get; set; }

    /// <summary>Events this slot has counted, over all epochs.</summary>
    public long EventsCounted { get; private set; }

    /// <summary>The running commit; completed when the slot is free.</summary>
    public Task Commit { get; private set; } = Task.CompletedTask;

    /// <summary>The batch, about to be read into: as much of where its entries come from is kept as traces and logs ask for.</summary>
    public EntryBatch ReadyBatch()
    {
        Batch.OriginsKept = _logger.IsEnabled(LogLevel.Debug) ? OriginsKept.All : BatchTrace.IsOn ? OriginsKept.Traced : OriginsKept.None;
        return Batch;
    }

    /// <summary>Adds the batch up and sends its commit. <see cref="Commit"/> fails if it was refused or some entries were no longer ours.</summary>
    public void Begin(RespConnection connection)
    {
        var trace = BatchTrace.Begin(Batch, _stream, _group, _consumer);
        try
        {
            Deltas.Fold(Batch.Events);
            _request.Prepare(Batch, Deltas, _time.GetUtcNow());
        }
        catch (Exception e)
        {
            trace?.End(e);
            throw;
        }

        Commit = CommitAsync(connection, trace);
    }

    /// <summary>Waits for a commit whose connection is closed, and forgets how it ended: its entries are still pending, or counted.</summary>
    public async Task ReleaseAsync()
    {
        await Commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Commit = Task.CompletedTask;
    }

    private async Task CommitAsync(RespConnection connection, BatchTrace? trace)
    {
        try
        {
            trace?.BeginCommit();
            await CountAsync(connection, trace?.Span);
            trace?.End();
        }
        catch (Exception e)
        {
            trace?.End(e);
            throw;
        }
    }

    private async Task CountAsync(RespConnection connection, Activity? span)
    {
        var start = Stopwatch.GetTimestamp();
        await connection.ExecuteAsync(_request);
        if (_request.Outcome == CommitOutcome.Missing) throw new EntriesMissingException(_request.MissingCount);
        if (_request.Outcome == CommitOutcome.ViewsChanged) throw new ViewsChangedException();
        CommitsKnown = _request.Commits;
        EventsCounted += Batch.Events.Count;
        var oldestArrival = DateTimeOffset.FromUnixTimeMilliseconds((long)Batch.Ids[0].Ms);
        var latency = Math.Max(0, (_time.GetUtcNow() - oldestArrival).TotalSeconds);
        _metrics.Committed(Batch, Deltas.LateCount, latency, Stopwatch.GetElapsedTime(start).TotalSeconds);
        _activity.Counted(Batch.Events.Count, latency);
        using (span.Enter()) Say();
    }

    private void Say()
    {
        Log.Committed(_logger, _consumer, Batch.Ids[0], Batch.Ids[^1], Batch.Count, Batch.Events.Count, _request.Commits, _request.Floor);
        foreach (var origin in Batch.Origins)
        {
            if (origin.Producer.Length > 0) Log.FrameCommitted(_logger, origin.Producer, origin.Sequence, origin.Id, _request.Commits);
        }

        if (Batch.Dead.Count > 0) Log.DeadLettered(_logger, Batch.Dead.Count, Batch.Dead[0].Id, Batch.Dead[0].Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(2110, LogLevel.Debug, "{Consumer}: entries {First} to {Last} committed: {Entries} entries, {Events} events, commit {Commit}, floor {Floor}")]
        public static partial void Committed(ILogger logger, string consumer, StreamEntryId first, StreamEntryId last, int entries, int events, long commit, StreamEntryId floor);

        [LoggerMessage(2113, LogLevel.Debug, "{Producer}:{Sequence} committed: entry {EntryId}, commit {Commit}")]
        public static partial void FrameCommitted(ILogger logger, string producer, long sequence, StreamEntryId entryId, long commit);

        [LoggerMessage(2111, LogLevel.Warning, "{Count} dead letters in one batch, the first of entry {EntryId}: {Reason}")]
        public static partial void DeadLettered(ILogger logger, int count, StreamEntryId entryId, string reason);
    }
}

/// <summary>A commit was made for another catalog of views. Nothing was written; the next epoch reads the new catalog and takes the entries up again.</summary>
internal sealed class ViewsChangedException() : Exception("the declared views have changed");

/// <summary>A commit found entries that are no longer ours. Nothing was written; what is still ours is taken up again.</summary>
internal sealed class EntriesMissingException(int count) : Exception($"{count} entries were no longer pending for this consumer")
{
    public int Count { get; } = count;
}
