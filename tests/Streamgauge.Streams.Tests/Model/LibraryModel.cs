using System.Globalization;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>
/// What the function library promises, without Redis: a stream, a group that delivers it, and what is counted. Each method is one call and returns
/// the reply that is expected, as text. What only the server can know (ids, versions, memory) is passed in.
/// </summary>
/// <remarks>
/// The heart is <see cref="Fate"/>: an entry is open until it is counted, dead-lettered or lost, once. The library keeps that as a floor and ranges ahead of it;
/// the model keeps it with each entry, and <see cref="StateComparison"/> asks whether the two say the same of every entry there is.
/// </remarks>
internal sealed class LibraryModel(long nowMs, string updated)
{
    public const int DeadLettersMax = 5;
    public const string NoGroup = "error NOGROUP";
    private readonly List<ModelEntry> _entries = [];
    private readonly Dictionary<StreamEntryId, ModelEntry> _byId = [];

    public static RecoveryLimits Limits { get; } = new() { DeliveriesMax = 3, IsolateAtDeliveries = 2, EntryBytesMax = 3_000, DeadLettersMax = DeadLettersMax };

    /// <summary>Everything ever appended, in order.</summary>
    public IReadOnlyList<ModelEntry> Entries => _entries;

    /// <summary>What is in the stream.</summary>
    public SortedDictionary<StreamEntryId, ModelEntry> Stream { get; } = [];

    public SortedDictionary<StreamEntryId, PendingEntry> Pending { get; } = [];

    public SortedSet<string> Consumers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, (long Sequence, ulong SeenMs)> Producers { get; } = [];

    public List<string> DeadLetters { get; } = [];

    /// <summary>What was dead-lettered without being read, kept until the stream is trimmed past it.</summary>
    public SortedSet<StreamEntryId> Uncounted { get; } = [];

    public CountersModel Counters { get; } = new(nowMs);

    /// <summary>A group makes a stream, an entry too; only deleting the key unmakes it.</summary>
    public bool HasStream { get; private set; }

    public bool HasGroup { get; private set; }

    /// <summary>The last id the group delivered.</summary>
    public StreamEntryId Delivered { get; private set; }

    public StreamEntryId LastId { get; private set; }

    /// <summary>Everything at or below is done with; null before anything was.</summary>
    public StreamEntryId? Floor { get; private set; }

    public long ViewsVersion { get; set; }

    public IEnumerable<ModelEntry> Undelivered => Stream.Values.Where(entry => entry.Id > Delivered);

    /// <summary>What this group has delivered. A stranger who forces an entry upon a consumer before its turn, or sets the group forwards, skips what lies between on purpose.</summary>
    public IEnumerable<ModelEntry> EverDelivered => _entries.Where(entry => Pending.ContainsKey(entry.Id) || (entry.IsDone && entry.Id <= Delivered));

    public IEnumerable<ModelEntry> PendingOf(string consumer) => Pending.Where(pair => pair.Value.Owner == consumer).Select(pair => Find(pair.Key));

    public ModelEntry Find(StreamEntryId id) => _byId[id];

    /// <summary>Whether an append with this sequence is taken, as the library answers it.</summary>
    public string AnswerAppend(string producer, long sequence, bool isOldest)
    {
        var last = Producers.GetValueOrDefault(producer).Sequence;
        if (sequence <= last) return "Duplicate";
        if (sequence == last + 1) return "Appended";
        return isOldest ? "AppendedAfterGap" : "error SGGAP";
    }

    public void Sent(string producer, long sequence, StreamEntryId last) => Producers[producer] = (sequence, last.Ms);

    public void Add(StreamEntryId id, IReadOnlyList<ModelEvent> events, string? fault, int bytes)
    {
        var entry = new ModelEntry(_entries.Count + 1, id, events, fault, bytes);
        _entries.Add(entry);
        _byId.Add(id, entry);
        Stream.Add(id, entry);
        (HasStream, LastId) = (true, id);
    }

    public string Join()
    {
        var hadCounts = Floor is not null || Counters.Hashes.ContainsKey("aggregates");
        var state = HasGroup ? "Existing" : hadCounts ? "Recreated" : "Created";
        Counters.Hash("meta")["session_retain_ms"] = ((long)ModelViews.SessionRetain.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        if (!HasGroup) (HasStream, HasGroup, Delivered) = (true, true, Floor ?? default);
        if (Floor is { } floor && floor > LastId) LastId = floor;
        return $"{state} {Floor ?? default} {Counters.Meta("commits")}";
    }

    /// <summary>XREADGROUP: what comes next goes to the consumer, even what is pending with another, when the group was set backwards.</summary>
    public IReadOnlyList<ModelEntry> Read(string consumer, int count)
    {
        var read = Undelivered.Take(count).ToList();
        Consumers.Add(consumer);
        foreach (var entry in read) Pending[entry.Id] = new PendingEntry(consumer, Deliveries: 1, IsSilent: false);
        if (read.Count > 0) Delivered = read[^1].Id;
        return read;
    }

    /// <param name="add">Adds to the counters what the batch brings.</param>
    public string Commit(string consumer, IReadOnlyList<ModelEntry> entries, long version, Action add)
    {
        if (version != ViewsVersion) return "ViewsChanged";
        if (!HasGroup) return NoGroup;
        if (entries.Zip(entries.Skip(1)).Any(pair => pair.Second.Id <= pair.First.Id)) return "error SGARGS";
        var missing = entries.Count(entry => Pending.GetValueOrDefault(entry.Id)?.Owner != consumer);
        if (missing > 0) return $"Missing {missing}";
        var done = entries.Where(entry => entry.IsDone).ToList();
        if (done.Count > 0)
        {
            foreach (var entry in done) Pending.Remove(entry.Id);
            Counters.Add("meta", "refused_below_floor", done.Count);
            return $"Missing {done.Count}";
        }

        foreach (var entry in entries) Pending.Remove(entry.Id);
        add();
        Settle(entries[^1].Id);
        return $"Counted {Counters.Meta("commits")} {Floor}";
    }

    /// <summary>What the commit of a batch adds: each sound event in its views, a dead letter for each of the others.</summary>
    public void Count(string consumer, IReadOnlyList<ModelEntry> entries)
    {
        var events = new List<(ModelEvent, long)>();
        var deadEntries = entries.Where(entry => entry.Fault is not null).ToList();
        foreach (var entry in deadEntries) Bury(entry.Id, -1, entry.Fault!, consumer, 1);
        var deadEvents = 0;
        foreach (var entry in entries.Except(deadEntries))
        {
            for (var i = 0; i < entry.Events.Count; i++)
            {
                if (entry.Events[i].Type.Length > 0)
                {
                    events.Add((entry.Events[i], entry.Id.ArrivalMs));
                    continue;
                }

                Bury(entry.Id, i, "missing_event_type", consumer, 1);
                deadEvents++;
            }
        }

        foreach (var entry in entries) entry.Become(entry.Fault is null ? Fate.Counted : Fate.Dead);
        Counters.Count(events, updated);
        Counters.Add("meta", "entries", entries.Count - deadEntries.Count);
        Counters.Add("meta", "events", events.Count);
        if (deadEntries.Count > 0) Counters.Add("meta", "dead_entries", deadEntries.Count);
        if (deadEvents > 0) Counters.Add("meta", "dead_events", deadEvents);
    }

    /// <summary>What a hand-made commit adds, which counts its entries in <c>total_count</c> only.</summary>
    public void CountTotal(IReadOnlyList<ModelEntry> entries)
    {
        foreach (var entry in entries) entry.Become(Fate.Counted);
        Counters.CountTotal(entries.Count, "2026-01-02T03:04:05.678Z");
        Counters.Add("meta", "entries", entries.Count);
        Counters.Add("meta", "events", entries.Count);
    }

    public string Recover(string consumer, RecoverMode mode, int count, out IReadOnlyList<ModelEntry> recovered)
    {
        var (entries, buried, lost, last, pageBytes) = (new List<ModelEntry>(), new List<(ModelEntry Entry, string Reason)>(), 0, "none", 0);
        recovered = entries;
        if (!HasGroup) return NoGroup;
        foreach (var (id, pending) in Pending.Where(pair => mode == RecoverMode.Own ? pair.Value.Owner == consumer : mode == RecoverMode.Anyones || pair.Value.IsSilent).Take(count).ToList())
        {
            var isOwn = mode == RecoverMode.Own;
            if (!isOwn && pending.Owner == consumer)
            {
                last = id.ToString();
                continue;
            }

            var isSuspicious = !isOwn && pending.Deliveries >= Limits.IsolateAtDeliveries;
            if (isSuspicious && entries.Count > 0) break; // it is handed out alone
            var entry = Find(id);
            var isThere = Stream.ContainsKey(id);
            var bytes = isThere ? entry.Bytes : 0;
            if (entries.Count > 0 && bytes <= Limits.EntryBytesMax && pageBytes + bytes > Limits.EntryBytesMax) break;
            var isGivenUp = bytes > Limits.EntryBytesMax || (!isOwn && pending.Deliveries >= Limits.DeliveriesMax);
            if ((!isThere || isGivenUp) && entry.IsDone)
            {
                Pending.Remove(id);
                Counters.Add("meta", "refused_below_floor", 1);
            }
            else if (!isThere)
            {
                Pending.Remove(id);
                entry.Become(Fate.Lost);
                lost++;
            }
            else if (isGivenUp)
            {
                var reason = bytes > Limits.EntryBytesMax ? "entry_too_large" : "too_many_deliveries";
                Bury(id, -1, reason, pending.Owner, pending.Deliveries);
                Pending.Remove(id);
                entry.Become(Fate.Dead);
                buried.Add((entry, reason));
            }
            else
            {
                if (!isOwn) Hand(consumer, id, pending.Deliveries + 1);
                entries.Add(entry);
                pageBytes += bytes;
            }

            last = id.ToString();
            if (isSuspicious && entries.Count > 0) break;
        }

        if (lost > 0) Counters.Add("meta", "lost", lost);
        if (buried.Count > 0)
        {
            Counters.Add("meta", "dead_entries", buried.Count);
            Settle(buried[^1].Entry.Id);
        }

        return $"entries {Ids(entries)}; lost {lost}; buried {string.Join(' ', buried.Select(pair => $"{pair.Entry.Id} {pair.Reason}"))}; last {last}";
    }

    public void FallSilent(IEnumerable<ModelEntry> entries)
    {
        foreach (var entry in entries) Pending[entry.Id] = Pending[entry.Id] with { IsSilent = true };
    }

    /// <summary>XCLAIM … FORCE: pending again, whatever became of it; what is no longer in the stream leaves the pending list.</summary>
    public void ClaimByForce(string consumer, ModelEntry entry)
    {
        if (Stream.ContainsKey(entry.Id)) Hand(consumer, entry.Id, (Pending.GetValueOrDefault(entry.Id)?.Deliveries ?? 1) + 1);
        else if (Pending.Remove(entry.Id) && !entry.IsDone) entry.Become(Fate.Removed);
    }

    public void SetBack(StreamEntryId id) => Delivered = id;

    public void DestroyGroup()
    {
        foreach (var id in Pending.Keys.Where(id => !Stream.ContainsKey(id) && !Find(id).IsDone)) Find(id).Become(Fate.Removed);
        Pending.Clear();
        Consumers.Clear();
        (HasGroup, Delivered) = (false, default);
    }

    public void DeleteStream()
    {
        DestroyGroup();
        foreach (var entry in Stream.Values.ToList()) Delete(entry);
        (HasStream, LastId) = (false, default);
    }

    /// <summary>Deleted by a stranger. What is pending then is lost once it is taken up, and counted if its batch is in hand.</summary>
    public void Delete(ModelEntry entry)
    {
        Stream.Remove(entry.Id);
        if (!entry.IsDone && !Pending.ContainsKey(entry.Id)) entry.Become(Fate.Removed);
    }

    public string Leave(string consumer)
    {
        if (!HasGroup) return NoGroup;
        var pending = PendingOf(consumer).Count();
        if (pending == 0) Consumers.Remove(consumer);
        return $"{pending}";
    }

    /// <param name="bytes">What the stream occupies after trimming by age, as Redis says.</param>
    public string Tend(bool retainsHour, long bytesMax, long bytes, bool forgetsConsumers, bool forgetsProducers)
    {
        if (!HasGroup) return NoGroup;
        var low = Pending.Count > 0 && Pending.Keys.First() < Delivered ? Pending.Keys.First() : Delivered;
        Settle(Delivered);
        var hourAgo = new StreamEntryId((ulong)(nowMs - ModelViews.HourMs), 0);
        var trimmed = Trim(retainsHour && hourAgo < low ? hourAgo : low, int.MaxValue);
        if (bytes > bytesMax && Stream.Count > 0) trimmed += Trim(low, (int)Math.Ceiling(Stream.Count * (double)(bytes - bytesMax) / bytes));
        Uncounted.RemoveWhere(id => Stream.Count == 0 || id.Ms < Stream.Keys.First().Ms);
        var forgotten = forgetsConsumers ? Consumers.RemoveWhere(consumer => !PendingOf(consumer).Any()) : 0;
        if (forgetsProducers) Producers.Clear();
        Counters.ForgetBuckets();
        return $"trimmed {trimmed}; length {Stream.Count}; forgotten {forgotten}";
    }

    /// <summary>Throws if an entry that is not done with is out of reach: it could never be counted any more.</summary>
    public void CheckBalance()
    {
        foreach (var entry in _entries)
        {
            if (entry.Fate != Fate.Open || Pending.ContainsKey(entry.Id)) continue;
            if (!Stream.ContainsKey(entry.Id) || entry.Id <= (HasGroup ? Delivered : Floor ?? default)) throw new InvalidOperationException($"Entry {entry.Number} is neither done with, nor pending, nor still to come.");
        }
    }

    public static string Ids(IEnumerable<ModelEntry> entries) => string.Join(' ', entries.Select(entry => entry.Id));

    private int Trim(StreamEntryId below, int limit)
    {
        var gone = Stream.Values.TakeWhile(entry => entry.Id < below).Take(limit).ToList();
        foreach (var entry in gone)
        {
            if (!entry.IsDone) throw new InvalidOperationException($"Entry {entry.Number} is trimmed and not done with.");
            Stream.Remove(entry.Id);
        }

        return gone.Count;
    }

    private void Hand(string consumer, StreamEntryId id, long deliveries)
    {
        Consumers.Add(consumer);
        Pending[id] = new PendingEntry(consumer, deliveries, IsSilent: false);
    }

    private void Bury(StreamEntryId id, int index, string reason, string consumer, long deliveries)
    {
        DeadLetters.Add($"{id} {index} {reason} {consumer} {deliveries}");
        if (index == -1 && reason is "entry_too_large" or "too_many_deliveries" or "frame_version") Uncounted.Add(id);
        if (DeadLetters.Count <= DeadLettersMax) return;
        DeadLetters.RemoveAt(0);
        Counters.Add("meta", "dead_evicted", 1);
    }

    // The floor rises as far as what is pending allows, and never falls.
    private void Settle(StreamEntryId reached)
    {
        if (Pending.Count > 0) reached = Before(Pending.Keys.First());
        if (Floor is null || reached > Floor) Floor = reached;
    }

    private static StreamEntryId Before(StreamEntryId id) => id.Sequence > 0 ? id with { Sequence = id.Sequence - 1 } : new StreamEntryId(id.Ms - 1, ulong.MaxValue);
}
