using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>One life of a worker's two connections: take up what is pending, then read and commit until something breaks or stops.</summary>
/// <remarks>
/// Batches in flight belong to their epoch and are dropped with it. Redis's pending list is the only memory: whatever was read and not
/// committed is still in it, so the next epoch takes it up from there, and a commit in doubt is settled by the list too. A commit of an
/// older epoch that arrives late finds its entries missing and writes nothing.
/// </remarks>
internal sealed class WorkerEpoch : IAsyncDisposable
{
    // Reads block this long, so that stopping, housekeeping and failed commits are noticed at least as often.
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadTimeout = Block + TimeSpan.FromSeconds(2);
    private const int RecoverPage = 256;
    private const int CommitSlack = 2; // how far a batch may exceed the bound of a commit before it is taken apart

    private readonly ProcessorOptions _options;
    private readonly ProcessorMetrics _metrics;
    private readonly StreamGroup _group;
    private readonly CommitSlot[] _slots;
    private readonly ReadRequest _read;
    private readonly RecoverRequest _recover;
    private readonly RespConnection _reading;
    private readonly RespConnection _committing;
    private readonly CommitSize _size;
    private long _nextHousekeeping = Stopwatch.GetTimestamp();
    private StreamEntryId _claimCursor;

    public WorkerEpoch(ProcessorOptions options, string consumer, StreamGroup group, CommitSlot[] slots, CommitSize size, ProcessorMetrics metrics, RespConnection reading, RespConnection committing)
    {
        _options = options;
        _metrics = metrics;
        _group = group;
        _slots = slots;
        _reading = reading;
        _committing = committing;
        _read = new ReadRequest(group.Keys, group.Group, consumer) { Block = Block };
        _size = size;
        _recover = new RecoverRequest(group.Keys, group.Group, consumer, options.Recovery);
    }

    /// <summary>Entries read and not yet committed.</summary>
    public long Pending => _slots.Sum(slot => slot.Commit.IsCompleted ? 0 : slot.Batch.Count);

    /// <summary>Commits what this consumer still holds, a page at a time.</summary>
    public async Task ResumeAsync(int pageEntries = RecoverPage)
    {
        var after = default(StreamEntryId);
        do
        {
            await TakeUpAsync(idleAtLeast: null, after, pageEntries);
            after = _recover.After;
        }
        while (!_recover.IsAtEnd);
    }

    /// <summary>Reads and commits, overlapped, until <paramref name="stopping"/>; then finishes what is in hand.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var next = 0;
        while (!stopping.IsCancellationRequested)
        {
            if (Stopwatch.GetTimestamp() >= _nextHousekeeping) await KeepHouseAsync();
            var slot = _slots[next];
            await slot.Commit;
            if (!await TryReadAsync(slot)) continue;
            slot.Begin(_committing);
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
        _read.Target = slot.Batch;
        _read.Count = _size.EntriesToRead;
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

    /// <summary>Takes over one page of entries whose consumers went silent; the next page comes with the next round.</summary>
    private async Task ClaimAsync()
    {
        var hasClaimed = await TakeUpAsync(_options.ClaimAfter, _claimCursor, RecoverPage);
        _claimCursor = _recover.IsAtEnd ? default : _recover.After;

        // More of them are likely: do not wait for the timer.
        if (hasClaimed) _nextHousekeeping = Stopwatch.GetTimestamp();
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
        _recover.Target = slot.Batch;
        await _committing.ExecuteAsync(_recover);
        _metrics.Recovered(idleAtLeast is null ? 0 : slot.Batch.Count, _recover.Buried, _recover.LostCount);
        if (slot.Batch.Count == 0) return false;
        slot.Begin(_committing);
        await slot.Commit;
        return true;
    }
}
