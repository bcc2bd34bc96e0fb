using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>One life of a worker's two connections: take up what is pending, then read and commit until something breaks or stops.</summary>
/// <remarks>
/// Batches in flight belong to their epoch and are dropped with it. Redis's pending list is the only memory: whatever was read and not
/// committed is still in it, so the next epoch takes it up from there, and a commit in doubt is settled by the list too. A commit of an
/// older epoch that arrives late finds its entries missing and writes nothing.
/// </remarks>
internal sealed partial class WorkerEpoch : IAsyncDisposable
{
    // Reads block this long, so that stopping, housekeeping and failed commits are noticed at least as often.
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadTimeout = Block + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BlockWhileClaiming = TimeSpan.FromMilliseconds(1); // 0 would block for ever
    private const int RecoverPage = 256;
    private const int CommitSlack = 2; // how far a batch may exceed the bound of a commit before it is taken apart

    private readonly ProcessorOptions _options;
    private readonly ProcessorMetrics _metrics;
    private readonly WorkerActivity _activity;
    private readonly StreamGroup _group;
    private readonly CommitSlot[] _slots;
    private readonly ReadRequest _read;
    private readonly RecoverRequest _recover;
    private readonly RespConnection _reading;
    private readonly RespConnection _committing;
    private readonly CommitSize _size;
    private readonly RefusedEntries _refused = new();
    private readonly ILogger _logger;
    private readonly long _countedBefore;
    private bool _isClaiming;
    private long _nextHousekeeping = Stopwatch.GetTimestamp();
    private StreamEntryId _claimCursor;

    public WorkerEpoch(ProcessorOptions options, string consumer, StreamGroup group, CommitSlot[] slots, CommitSize size, ProcessorMetrics metrics, WorkerActivity activity, ILogger logger, RespConnection reading, RespConnection committing)
    {
        _options = options;
        _metrics = metrics;
        _activity = activity;
        _group = group;
        _slots = slots;
        _reading = reading;
        _committing = committing;
        _read = new ReadRequest(group.Keys, group.Group, consumer) { Block = Block };
        _size = size;
        _logger = logger;
        _countedBefore = slots.Sum(slot => slot.EventsCounted);
        _recover = new RecoverRequest(group.Keys, group.Group, consumer, options.Recovery);
    }

    /// <summary>Entries read and not yet committed.</summary>
    public long Pending => _slots.Sum(slot => slot.Commit.IsCompleted ? 0 : slot.Batch.Count);

    /// <summary>Whether entries were refused and none was counted yet.</summary>
    private bool HasRefused => !_refused.IsEmpty;

    private bool HasCounted => _slots.Sum(slot => slot.EventsCounted) > _countedBefore;

    /// <summary>Commits what this consumer still holds, a page at a time. A page that is refused is halved until the entry is found whose fault it is.</summary>
    public async Task ResumeAsync(int pageEntries = RecoverPage)
    {
        var after = default(StreamEntryId);
        var count = pageEntries;
        _refused.Clear();
        do
        {
            try
            {
                await TakeUpAsync(idleAtLeast: null, after, count);
                after = _recover.After;
                count = Math.Min(count * 2, pageEntries);
            }
            catch (Exception e) when (WorkerFaults.MayBeOfEntries(e) && _slots[0].Batch.Count > 0)
            {
                await _slots[0].ReleaseAsync();
                count = Math.Max(1, _slots[0].Batch.Count / 2);
                if (_slots[0].Batch.Count > 1) continue; // nothing of it was counted, so it is all there to be taken up again
                after = _slots[0].Batch.Ids[0];
                if (HasCounted) await GiveUpAsync(after, e);
                else _refused.Add(after, e);
            }

            if (_refused.IsEmpty || !HasCounted) continue;

            // Now that others are counted, those refused before get a last try.
            _refused.Clear();
            after = default;
        }
        while (!_recover.IsAtEnd && !_refused.AreTooMany);
    }

    /// <summary>Reads and commits, overlapped, until <paramref name="stopping"/>; then finishes what is in hand.</summary>
    /// <param name="onFirstRead">Told once that reading works and no entry is refused.</param>
    public async Task RunAsync(Action onFirstRead, CancellationToken stopping)
    {
        var next = 0;
        Action? tell = onFirstRead;
        while (!stopping.IsCancellationRequested)
        {
            if (Stopwatch.GetTimestamp() >= _nextHousekeeping) await KeepHouseAsync();
            else if (_isClaiming) await ClaimAsync();
            if (HasRefused) await LookAfterRefusedAsync();
            var slot = _slots[next];
            var at = _activity.Start();
            await slot.Commit;
            at = _activity.Spent(WorkerStage.Commit, at);
            var hasEntries = await TryReadAsync(slot);
            at = _activity.Spent(WorkerStage.Read, at);
            if (!HasRefused)
            {
                tell?.Invoke();
                tell = null;
            }

            if (!hasEntries) continue;
            slot.Begin(_committing);
            _activity.Spent(WorkerStage.AddUp, at);
            _size.ObserveRows(slot.Deltas.CellCount);
            next = (next + 1) % _slots.Length;
        }

        await Task.WhenAll(_slots.Select(slot => slot.Commit));
    }

    public async ValueTask DisposeAsync()
    {
        await _reading.DisposeAsync();
        await _committing.DisposeAsync();

        foreach (var slot in _slots) await slot.ReleaseAsync();
    }

    private async Task<bool> TryReadAsync(CommitSlot slot)
    {
        _read.Target = slot.ReadyBatch();
        _read.Count = _size.EntriesToRead;
        _read.Block = _isClaiming ? BlockWhileClaiming : Block;
        await _reading.ExecuteAsync(_read, ReadTimeout);
        foreach (var other in _slots)
        {
            if (other.Commit.IsFaulted) await other.Commit; // ends the epoch; what we just read stays pending for the next one
        }

        if (slot.Batch.Count == 0) return false;
        if (slot.Batch.Events.Count > CommitSlack * _options.EventsPerCommitMax)
        {
            await CommitInPartsAsync(slot.Batch);
            return false;
        }

        _size.Observe(slot.Batch.Count, slot.Batch.Events.Count);
        return true;
    }

    /// <summary>A backlog that changes from plain entries to frames delivers hundreds of times the events asked for: take them up again in parts.</summary>
    private async Task CommitInPartsAsync(EntryBatch batch)
    {
        _size.Observe(batch.Count, batch.Events.Count);
        foreach (var slot in _slots) await slot.Commit;
        await ResumeAsync(_size.EntriesToRead);
    }

    private async Task KeepHouseAsync()
    {
        _nextHousekeeping = Stopwatch.GetTimestamp() + (long)(_options.HousekeepingEvery.TotalSeconds * Stopwatch.Frequency);
        _metrics.Tended(await _group.TendAsync(_committing, _options.Tend, CancellationToken.None));
        await ClaimAsync();
    }

    /// <summary>Takes over one page of entries whose consumers went silent. More of them are likely then: the next page does not wait for the timer, nor for new entries.</summary>
    private async Task ClaimAsync()
    {
        _isClaiming = await TakeUpAsync(_options.ClaimAfter, _claimCursor, RecoverPage);
        _claimCursor = _recover.IsAtEnd ? default : _recover.After;
    }

    /// <summary>Tries refused entries again as soon as others are counted; if none is, the epoch ends, which is said aloud.</summary>
    private async Task LookAfterRefusedAsync()
    {
        if (!HasCounted)
        {
            _refused.ThrowIfOld();
            return;
        }

        foreach (var slot in _slots) await slot.Commit;
        await ResumeAsync();
    }

    /// <summary>Dead-letters an entry that is refused while others are counted.</summary>
    private async Task GiveUpAsync(StreamEntryId id, Exception cause)
    {
        var slot = _slots[0];
        slot.Batch.GiveUp(id, DeadLetter.CommitRefused);
        slot.Begin(_committing);
        await slot.Commit;
        Log.GivenUp(_logger, id, DeadLetter.CommitRefused, cause);
    }

    /// <summary>Takes up one page of pending entries, our own or those idle for long enough, and commits it.</summary>
    /// <returns>Whether there were any.</returns>
    private async Task<bool> TakeUpAsync(TimeSpan? idleAtLeast, StreamEntryId after, int count)
    {
        var slot = _slots[0];
        await slot.Commit;
        _recover.IdleAtLeast = idleAtLeast;
        _recover.After = after;
        _recover.Count = count;
        _recover.Target = slot.ReadyBatch();
        slot.Batch.Clear();
        await _committing.ExecuteAsync(_recover);
        _metrics.Recovered(idleAtLeast is null ? 0 : slot.Batch.Count, _recover.Buried, _recover.LostCount);
        if (slot.Batch.Count == 0) return false;
        slot.Begin(_committing);
        await slot.Commit;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(2112, LogLevel.Error, "Entry {EntryId} cannot be counted although others are; it is dead-lettered as {Reason}")]
        public static partial void GivenUp(ILogger logger, StreamEntryId entryId, string reason, Exception cause);
    }
}
