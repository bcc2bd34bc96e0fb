using System.Globalization;
using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>Plays steps on a server and on the model, and compares every reply and the whole state after each.</summary>
internal sealed class Player(RespConnection redis)
{
    /// <summary>Counters a stranger may write to: key and field.</summary>
    public static IReadOnlyList<(string Key, string Field)> Plantable { get; } =
    [
        ("aggregates", "total_count"), ("aggregates", "total_value_micros"), ("aggregates", "type:t0:count"), ("aggregates", "type:t0:value_micros"),
        ("aggregates", "product:p1:count"), ("meta", "events"), ("meta", "lost"), ("meta", "late"),
    ];

    private const ulong BeyondDouble = 1UL << 53; // the first number a double cannot tell from the next
    private static readonly string[] Consumers = ["a", "b", "c"];
    private readonly List<Hand> _hands = [];
    private readonly List<Hand> _past = [];
    private readonly FrameWriter _frames = new();
    private DateTimeOffset _now;
    private long _recentMs;
    private string? _state;
    private StreamRig _rig = null!;
    private LibraryModel _model = null!;

    /// <summary>Steps played that found something to do.</summary>
    public long Steps { get; private set; }

    /// <summary>Plays steps on an empty database, then lets a consumer finish what is left.</summary>
    /// <returns>What differed and at which step; null when nothing did.</returns>
    public async Task<string?> FindDifferenceAsync(IReadOnlyList<Step> steps)
    {
        await StartAsync();
        for (var i = 0; i < steps.Count; i++)
        {
            if (await PlayAsync(steps[i]) is { } difference) return $"after step {i + 1}:\n{difference}";
        }

        return await DrainAsync() is { } late ? $"while what was left was finished:\n{late}" : null;
    }

    private async Task StartAsync()
    {
        await redis.ExecuteAsync(["FLUSHDB"]);
        _state ??= (await redis.ExecuteAsync(["SCRIPT", "LOAD", ServerState.Script])).AsText();
        _hands.Clear();
        _past.Clear();
        _now = DateTimeOffset.UtcNow;
        var nowMs = _now.ToUnixTimeMilliseconds();
        _recentMs = (nowMs / ModelViews.SessionBucketMs * ModelViews.SessionBucketMs) - ModelViews.SessionBucketMs;
        _model = new LibraryModel(nowMs, _now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        _rig = new StreamRig(redis, "s", ModelViews.SessionRetain, ModelViews.GroupsMax);
        await PlayAsync(new Join());
    }

    private async Task<string?> DrainAsync()
    {
        if (await PlayAsync(new Join()) is { } lost) return lost;
        for (var round = 0; round < 1_000; round++)
        {
            foreach (var step in (Step[])[new Recover(0, RecoverMode.Own, 5), new Recover(0, RecoverMode.Anyones, 5), new Read(0, 5), new Commit(0)])
            {
                if (await PlayAsync(step) is { } difference) return difference;
            }

            if (_hands.Count == 0 && _model.Pending.Count == 0 && !_model.Undelivered.Any())
                return _model.Entries.FirstOrDefault(entry => entry.Fate == Fate.Open) is { } open ? $"entry {open.Number} ({open.Id}) is still open" : null;
        }

        return "draining does not end";
    }

    /// <summary>One step; the state is asked for right behind it, in the same flight.</summary>
    private async Task<string?> PlayAsync(Step step)
    {
        try
        {
            if (await AnswerAsync(step) is not var (expected, actual)) return null;
            Steps++;
            if (expected != actual) return $"reply: expected {expected}, is {actual}";
            var state = await redis.ExecuteAsync(["EVALSHA", _state!, "0"]);
            _model.CheckBalance();
            return StateComparison.Differences(_model, ServerState.Describe(state, _rig.Keys)) is { Length: > 0 } differences ? differences : null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message; // the model found that it would have to break its own rules
        }
    }

    // Expected and actual reply; null when there was nothing to do.
    private async Task<(string Expected, string Actual)?> AnswerAsync(Step step) => step switch
    {
        Append append => await AppendAsync(append),
        AddForeign foreign => await AddForeignAsync(foreign),
        AddOld old => await AddOldAsync(old),
        AddWide wide => await AddWideAsync(wide),
        Read read => await ReadAsync(Consumers[read.Consumer], read.Count),
        Commit commit => await CommitAsync(At(_hands, commit.Hand)),
        Resend resend => await CommitAsync(At(_past, resend.Past)),
        CommitIds commit => await CommitIdsAsync(commit),
        CommitOverWrongType commit => await CommitOverWrongTypeAsync(At(_hands, commit.Hand), commit.Key),
        Recover recover => await RecoverAsync(Consumers[recover.Consumer], recover.Mode, recover.Count),
        Crash crash => _hands.RemoveAll(hand => hand.Consumer == Consumers[crash.Consumer]) > 0 ? ("", "") : null,
        FallSilent silent => await FallSilentAsync(Consumers[silent.Consumer]),
        ClaimByForce claim => await ClaimByForceAsync(Consumers[claim.Consumer], At([.. _model.EverDelivered], claim.Entry)),
        SetBack back => await SetBackAsync(At([.. _model.Entries.Where(entry => entry.Id <= _model.Delivered)], back.Entry)),
        DestroyGroup destroy => await DestroyGroupAsync(destroy.Rejoins),
        Join => await JoinAsync(),
        DeleteStream => await DeleteStreamAsync(),
        Leave leave => await LeaveAsync(Consumers[leave.Consumer]),
        Tend tend => await TendAsync(tend),
        DeleteEntry delete => await DeleteAsync(At([.. _model.Stream.Values], delete.Entry)),
        TrimStream trim => await TrimAsync(trim.Keep),
        ChangeViews => await ChangeViewsAsync(),
        PlantCounter plant => await PlantAsync(Plantable[plant.Counter], plant.IsNumber ? "9223372036854775805" : "poison"),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "unknown step"),
    };

    private async Task<(string Expected, string Actual)?> AppendAsync(Append step)
    {
        var producer = $"p{step.Producer}";
        var last = _model.Producers.GetValueOrDefault(producer).Sequence;
        var sequence = step.Order switch { SendOrder.Next => last + 1, SendOrder.Again => Math.Max(1, last), _ => last + 2 };
        var events = Enumerable.Range(step.Kind, step.Count).Select(kind => ModelEvent.Of(kind % (step.IsFrame ? ModelEvent.Kinds : ModelEvent.PlainKinds), _recentMs)).ToList();
        SequencedAppend append = step.IsFrame ? Frame(producer, events) : Plain(producer, events);
        append.Sequence = sequence;
        append.IsOldest = step.IsOldest;
        var expected = _model.AnswerAppend(producer, sequence, step.IsOldest);
        var actual = await ReplyAsync(async () =>
        {
            await redis.ExecuteAsync(append);
            return append.Outcome.ToString();
        });
        if (!actual.StartsWith("Appended", StringComparison.Ordinal)) return (expected, actual);
        _model.Sent(producer, sequence, append.EntryId);
        if (step.IsFrame)
        {
            _model.Add(append.EntryId, events, fault: null, bytes: 100);
            return (expected, actual);
        }

        var entries = (await redis.ExecuteAsync(["XREVRANGE", _rig.Keys.Stream, "+", "-", "COUNT", $"{events.Count}"])).Items;
        for (var i = 0; i < events.Count; i++) _model.Add(Id(entries[events.Count - 1 - i][0]), [events[i]], fault: null, bytes: 100);
        return (expected, actual);
    }

    private FrameAppend Frame(string producer, List<ModelEvent> events)
    {
        foreach (var one in events) _frames.Add(Fields(one));
        var append = new FrameAppend(_rig.Keys, producer);
        append.Take(_frames);
        return append;
    }

    private PlainAppend Plain(string producer, List<ModelEvent> events)
    {
        var append = new PlainAppend(_rig.Keys, producer);
        foreach (var one in events) append.Add(Fields(one));
        return append;
    }

    private async Task<(string, string)?> AddForeignAsync(AddForeign step)
    {
        var one = ModelEvent.Of(step.Kind % ModelEvent.PlainKinds, _recentMs);
        string[] fields = step.Shape switch
        {
            EntryShape.Junk => ["who", "knows"],
            EntryShape.Medium => [.. WireFields(one), "padding", new string('x', 2_000)],
            EntryShape.Large => [.. WireFields(one), "padding", new string('x', 4_000)],
            _ => WireFields(one),
        };
        var bytes = step.Shape switch { EntryShape.Medium => 2_000, EntryShape.Large => 4_000, _ => 100 };
        var id = await redis.ExecuteAsync(["XADD", _rig.Keys.Stream, "*", .. fields]);
        _model.Add(Id(id), step.Shape == EntryShape.Junk ? [] : [one], step.Shape == EntryShape.Junk ? "no_known_fields" : null, bytes);
        return ("", "");
    }

    private async Task<(string, string)?> AddOldAsync(AddOld step)
    {
        var id = new StreamEntryId(_model.LastId.Ms + 1_000, 0);
        return _model.Entries.Any(entry => entry.Id >= id) ? null : await AddAsync(id, step.Kind);
    }

    private Task<(string, string)?> AddWideAsync(AddWide step)
    {
        var last = _model.LastId;
        if (step.IsLast) return AddAsync(new StreamEntryId(last.Ms + 1, ulong.MaxValue), step.Kind);
        return AddAsync(last.Sequence is >= BeyondDouble - 1 and < ulong.MaxValue ? last with { Sequence = last.Sequence + 1 } : new StreamEntryId(last.Ms + 1, BeyondDouble - 1), step.Kind);
    }

    private async Task<(string, string)?> AddAsync(StreamEntryId id, int kind)
    {
        var one = ModelEvent.Of(kind % ModelEvent.PlainKinds, _recentMs);
        await redis.ExecuteAsync(["XADD", _rig.Keys.Stream, id.ToString(), .. WireFields(one)]);
        _model.Add(id, [one], fault: null, bytes: 100);
        return ("", "");
    }

    private async Task<(string, string)?> ReadAsync(string consumer, int count)
    {
        if (!_model.HasGroup || !_model.Undelivered.Any()) return null; // it would wait
        var hand = NewHand(consumer);
        await hand.Real.ReadAsync(count);
        var read = _model.Read(consumer, count);
        Take(hand, read);
        return (LibraryModel.Ids(read), string.Join(' ', hand.Real.Ids));
    }

    private async Task<(string, string)?> CommitAsync(Hand? hand)
    {
        if (hand is null) return null;
        if (_hands.Remove(hand)) _past.Add(hand);
        var actual = await CommitReplyAsync(hand);
        return (_model.Commit(hand.Consumer, hand.Entries, hand.Version, () => _model.Count(hand.Consumer, hand.Entries)), actual);
    }

    private Task<string> CommitReplyAsync(Hand hand) => ReplyAsync(async () => await hand.Real.CommitAsync(_now) switch
    {
        CommitOutcome.Counted => $"Counted {hand.Real.Commit.Commits} {hand.Real.Commit.Floor}",
        CommitOutcome.Missing => $"Missing {hand.Real.Commit.MissingCount}",
        var outcome => outcome.ToString(),
    });

    private async Task<(string, string)?> CommitIdsAsync(CommitIds step)
    {
        var consumer = Consumers[step.Consumer];
        List<ModelEntry> among = [.. step.Choice == IdChoice.Own ? _model.PendingOf(consumer) : _model.Entries.OrderBy(entry => entry.Id)];
        if (among.Count == 0) return null;
        var chosen = among.Skip(step.First % among.Count).Take(step.Count).ToList();
        if (step.Order == IdOrder.Descending) chosen.Reverse();
        if (step.Order == IdOrder.LastTwice) chosen.Add(chosen[^1]);
        var version = step.IsOutdated ? 1 : _model.ViewsVersion;
        var call = Call.Commit(_rig.Keys, consumer, [.. chosen.Select(entry => entry.Id.ToString())]);
        call[16] = version.ToString(CultureInfo.InvariantCulture);
        var actual = await ReplyAsync(async () =>
        {
            var reply = await redis.ExecuteAsync(call);
            return reply[0].AsText() switch
            {
                "OK" => $"Counted {reply[1].AsInteger()} {reply[2].AsText()}",
                "MISSING" => $"Missing {reply.Items.Count - 1}",
                _ => "ViewsChanged",
            };
        });
        return (_model.Commit(consumer, chosen, version, () => _model.CountTotal(chosen)), actual);
    }

    private async Task<(string, string)?> CommitOverWrongTypeAsync(Hand? hand, int key)
    {
        if (hand is null) return null;
        string[] keys = [_rig.Keys.Meta, _rig.Keys.Dead, _rig.Keys.Buckets, _rig.Keys.Aggregates];
        await ReplyAsync(async () => (await redis.ExecuteAsync(["RENAME", keys[key], "aside"])).AsText()); // it may not exist yet
        await redis.ExecuteAsync(["SET", keys[key], "foreign"]);
        var actual = await CommitReplyAsync(hand);
        await redis.ExecuteAsync(["DEL", keys[key]]);
        await ReplyAsync(async () => (await redis.ExecuteAsync(["RENAME", "aside", keys[key]])).AsText());
        return ("error SGTYPE", actual);
    }

    private async Task<(string, string)?> RecoverAsync(string consumer, RecoverMode mode, int count)
    {
        var hand = NewHand(consumer);
        var actual = await ReplyAsync(async () =>
        {
            var reply = await hand.Real.RecoverAsync(mode switch { RecoverMode.Own => null, RecoverMode.Silent => TimeSpan.FromHours(1), _ => TimeSpan.Zero }, count);
            return $"entries {string.Join(' ', hand.Real.Ids)}; lost {reply.LostCount}; buried {string.Join(' ', reply.Buried.Select(letter => $"{letter.Id} {letter.Reason}"))}; last {(reply.IsAtEnd ? "none" : reply.After)}";
        });
        var expected = _model.Recover(consumer, mode, count, out var recovered);
        Take(hand, recovered);
        return (expected, actual);
    }

    private async Task<(string, string)?> FallSilentAsync(string consumer)
    {
        List<ModelEntry> entries = [.. _model.PendingOf(consumer).Where(entry => _model.Stream.ContainsKey(entry.Id))];
        if (entries.Count == 0) return null;
        await redis.ExecuteAsync(["XCLAIM", _rig.Keys.Stream, StreamRig.Group, consumer, "0", .. entries.Select(entry => entry.Id.ToString()), "IDLE", "7200000", "JUSTID"]);
        _model.FallSilent(entries);
        return ("", "");
    }

    private async Task<(string, string)?> ClaimByForceAsync(string consumer, ModelEntry? entry)
    {
        if (entry is null || !_model.HasGroup) return null;
        await redis.ExecuteAsync(["XCLAIM", _rig.Keys.Stream, StreamRig.Group, consumer, "0", entry.Id.ToString(), "FORCE"]);
        _model.ClaimByForce(consumer, entry);
        return ("", "");
    }

    private async Task<(string, string)?> SetBackAsync(ModelEntry? entry)
    {
        if (!_model.HasGroup) return null;
        var id = entry?.Number == 1 ? default : entry?.Id ?? default; // the first means: to the start
        await redis.ExecuteAsync(["XGROUP", "SETID", _rig.Keys.Stream, StreamRig.Group, id.ToString()]);
        _model.SetBack(id);
        return ("", "");
    }

    private async Task<(string, string)?> DestroyGroupAsync(bool rejoins)
    {
        if (!_model.HasGroup) return null;
        await redis.ExecuteAsync(["XGROUP", "DESTROY", _rig.Keys.Stream, StreamRig.Group]);
        _model.DestroyGroup();
        return rejoins ? await JoinAsync() : ("", "");
    }

    private async Task<(string, string)?> DeleteStreamAsync()
    {
        // An id given out before may come again within its millisecond, and would be another entry.
        while ((await RetainedStream.ReadClockAsync(redis, CancellationToken.None)).ToUnixTimeMilliseconds() <= _model.LastId.ArrivalMs) { }
        await redis.ExecuteAsync(["DEL", _rig.Keys.Stream]);
        _model.DeleteStream();
        return await JoinAsync();
    }

    private async Task<(string, string)?> JoinAsync()
    {
        var joined = await _rig.JoinAsync();
        return (_model.Join(), $"{joined.State} {joined.Floor} {joined.Commits}");
    }

    private async Task<(string, string)?> LeaveAsync(string consumer)
    {
        var actual = await ReplyAsync(async () => $"{await _rig.StreamGroup.LeaveAsync(redis, consumer, CancellationToken.None)}");
        return (_model.Leave(consumer), actual);
    }

    private async Task<(string, string)?> TendAsync(Tend step)
    {
        var never = TimeSpan.FromHours(1);
        var atOnce = TimeSpan.FromHours(-1); // even what was seen in this millisecond, or in a later one by a clock that was set back
        var options = new TendOptions
        {
            Retain = step.RetainsHour ? TimeSpan.FromMilliseconds(ModelViews.HourMs) : TimeSpan.FromMinutes(-1),
            RetainBytesMax = step.Limit switch { SizeLimit.Unlimited => long.MaxValue, SizeLimit.Tight => 3_000, _ => 0 },
            ForgetConsumersAfter = step.ForgetsConsumers ? atOnce : never,
            ForgetProducersAfter = step.ForgetsProducers ? atOnce : never,
        };
        var bytes = 0L;
        var actual = await ReplyAsync(async () =>
        {
            var tended = await _rig.StreamGroup.TendAsync(redis, options, CancellationToken.None);
            bytes = tended.StreamBytes;
            return $"trimmed {tended.TrimmedEntries}; length {tended.StreamLength}; forgotten {tended.ForgottenConsumers}";
        });
        return (_model.Tend(step.RetainsHour, options.RetainBytesMax, bytes, step.ForgetsConsumers, step.ForgetsProducers), actual);
    }

    private async Task<(string, string)?> DeleteAsync(ModelEntry? entry)
    {
        if (entry is null) return null;
        await redis.ExecuteAsync(["XDEL", _rig.Keys.Stream, entry.Id.ToString()]);
        _model.Delete(entry);
        return ("", "");
    }

    private async Task<(string, string)?> TrimAsync(int keep)
    {
        if (_model.Stream.Count <= keep) return null;
        await redis.ExecuteAsync(["XTRIM", _rig.Keys.Stream, "MAXLEN", $"{keep}"]);
        foreach (var entry in _model.Stream.Values.SkipLast(keep).ToList()) _model.Delete(entry);
        return ("", "");
    }

    private async Task<(string, string)?> ChangeViewsAsync()
    {
        var reply = await redis.ExecuteAsync(["FCALL", "sg_set_views_v1", "3", _rig.Keys.Stream, _rig.Keys.Meta, _rig.Keys.Views, StreamRig.Group, $"{_model.ViewsVersion}", "{}", "SET"]);
        _model.ViewsVersion = long.Parse(reply[1].AsText(), CultureInfo.InvariantCulture);
        return ("OK", reply[0].AsText());
    }

    private async Task<(string, string)?> PlantAsync((string Key, string Field) counter, string value)
    {
        await redis.ExecuteAsync(["HSET", _rig.Keys.BucketKey(counter.Key), counter.Field, value]);
        _model.Counters.Hash(counter.Key)[counter.Field] = value;
        return ("", "");
    }

    private Hand NewHand(string consumer) => new(consumer, _model.ViewsVersion, _rig.Consumer(consumer, LibraryModel.Limits, ModelViews.Catalog(_model.ViewsVersion)));

    private void Take(Hand hand, IReadOnlyList<ModelEntry> entries)
    {
        hand.Entries = entries;
        if (entries.Count > 0) _hands.Add(hand);
    }

    private static async Task<string> ReplyAsync(Func<Task<string>> call)
    {
        try
        {
            return await call();
        }
        catch (RedisReplyException e)
        {
            return $"error {e.Code}";
        }
    }

    private static T? At<T>(IReadOnlyList<T> list, int index)
        where T : class => list.Count == 0 ? null : list[index % list.Count];

    private static StreamEntryId Id(RespValue value) => StreamEntryId.TryParse(value.AsBytes().Span, out var id) ? id : throw new FormatException($"{value} is no entry id.");

    private static EventFields Fields(ModelEvent one) => new()
    {
        EventType = Encoding.UTF8.GetBytes(one.Type), Product = Encoding.UTF8.GetBytes(one.Product ?? ""), SessionId = Encoding.UTF8.GetBytes(one.Session ?? ""),
        HasValue = one.ValueMicros is not null, ValueMicros = one.ValueMicros ?? 0, TimestampMs = one.TimestampMs,
    };

    private static string[] WireFields(ModelEvent one) =>
    [
        "event_type", one.Type, "ts", one.TimestampMs.ToString(CultureInfo.InvariantCulture), "product", one.Product ?? "", "session_id", one.Session ?? "",
        "value", one.ValueMicros is { } micros ? (micros / 1_000_000m).ToString(CultureInfo.InvariantCulture) : "",
    ];

    /// <summary>A batch a consumer has in its memory.</summary>
    private sealed class Hand(string consumer, long version, TestConsumer real)
    {
        public string Consumer { get; } = consumer;

        public long Version { get; } = version;

        public TestConsumer Real { get; } = real;

        public IReadOnlyList<ModelEntry> Entries { get; set; } = [];
    }
}
