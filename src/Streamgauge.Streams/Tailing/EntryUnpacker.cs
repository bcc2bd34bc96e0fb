using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Takes the events out of entries, for people: all their fields, those that pass a filter only. Not thread-safe.</summary>
/// <remarks>
/// Which events pass is decided on columns, as counting does, so that a filter that finds little in large frames stays cheap; only what
/// passes is turned into text. Events that would be dead-lettered are left out, and counted in <see cref="FaultyCount"/>.
/// </remarks>
public sealed class EntryUnpacker
{
    private readonly EventFilter? _filter;
    private readonly EventBatch _batch;
    private readonly PlainEntryDecoder _plain;
    private readonly FrameDecoder _frames;
    private readonly ExtraFields _row = new();
    private bool[] _passes = new bool[64];

    /// <param name="filter">Null lets everything pass.</param>
    public EntryUnpacker(EventFilter? filter)
    {
        _filter = filter;
        _batch = new EventBatch(filter?.Fields ?? []);
        _plain = new PlainEntryDecoder(_batch);
        _frames = new FrameDecoder(_batch);
    }

    /// <summary>Events met so far that cannot be counted, an unreadable frame taken for one.</summary>
    public long FaultyCount { get; private set; }

    /// <summary>Adds the passing events of one entry to <paramref name="output"/>.</summary>
    /// <param name="entry">As in a reply of <c>XRANGE</c>: <c>[id, [name, value, …]]</c>.</param>
    /// <param name="newestFirst">The last event of a frame first.</param>
    /// <param name="room">Most events to add; further ones are counted, not built.</param>
    /// <returns>How many passed, added or not.</returns>
    public int Unpack(RespValue entry, bool newestFirst, int room, List<TailedEvent> output)
    {
        if (!StreamEntryId.TryParse(entry[0].AsBytes().Span, out var id)) throw new RespProtocolException("an entry id is not of the form ms-sequence");
        var fields = entry[1].Items;
        _batch.Clear();
        var isFrame = fields.Count >= 2 && fields[0].AsBytes().Span.SequenceEqual(FrameFormat.EntryField);
        var fault = isFrame ? _frames.Decode(fields[1].AsBytes().Span, id.ArrivalMs) : DecodePlain(id, fields);
        if (fault != EventFault.None)
        {
            FaultyCount++;
            return 0;
        }

        if (isFrame) FaultyCount += _frames.Faults.Count;
        var passes = Passes();
        var passed = 0;
        for (var i = 0; i < passes.Length; i++)
        {
            var at = newestFirst ? passes.Length - 1 - i : i;
            if (!passes[at] || ++passed > room) continue;
            var index = isFrame ? IndexInFrame(at) : 0;
            output.Add(new TailedEvent(id, index, _batch.TimestampsMs[at], Value(at), isFrame ? FrameFields(fields[1].AsBytes().Span, index) : PlainFields(fields)));
        }

        return passed;
    }

    private EventFault DecodePlain(StreamEntryId id, IReadOnlyList<RespValue> fields)
    {
        _plain.Begin(id.ArrivalMs);
        for (var i = 0; i + 1 < fields.Count; i += 2) _plain.Field(fields[i].AsBytes().Span, fields[i + 1].AsBytes().Span);
        return _plain.End();
    }

    private ReadOnlySpan<bool> Passes()
    {
        if (_passes.Length < _batch.Count) _passes = new bool[Math.Max(_batch.Count, _passes.Length * 2)];
        var passes = _passes.AsSpan(0, _batch.Count);
        if (_filter is null) passes.Fill(true);
        else _filter.Apply(_batch, passes);
        return passes;
    }

    private long? Value(int at) => _batch.ValuesMicros[at] is var micros and not EventBatch.NoValue ? micros : null;

    // The batch has no places for faulty events: every one before ours moved us up by one.
    private int IndexInFrame(int at)
    {
        foreach (var (faulty, _) in _frames.Faults)
        {
            if (faulty > at) break;
            at++;
        }

        return at;
    }

    private List<KeyValuePair<string, string>> FrameFields(ReadOnlySpan<byte> frame, int index)
    {
        FrameRow.TryRead(frame, index, _row);
        var result = new List<KeyValuePair<string, string>>(_row.Count);
        for (var i = 0; i < _row.Count; i++) Add(result, _row.Name(i), _row.Value(i));
        return result;
    }

    private static List<KeyValuePair<string, string>> PlainFields(IReadOnlyList<RespValue> fields)
    {
        var result = new List<KeyValuePair<string, string>>(fields.Count / 2);
        for (var i = 0; i + 1 < fields.Count; i += 2) Add(result, fields[i].AsBytes().Span, fields[i + 1].AsBytes().Span);
        return result;
    }

    // A field given twice counts with its last value, an empty value is an absent field.
    private static void Add(List<KeyValuePair<string, string>> fields, ReadOnlySpan<byte> nameUtf8, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || nameUtf8.SequenceEqual(FieldNames.RetryMark) || FieldNames.Identify(nameUtf8) is EventField.Value or EventField.Timestamp) return;
        var name = Encoding.UTF8.GetString(nameUtf8);
        var field = KeyValuePair.Create(name, Encoding.UTF8.GetString(value));
        var known = fields.FindIndex(other => other.Key == name);
        if (known >= 0) fields[known] = field;
        else fields.Add(field);
    }
}
