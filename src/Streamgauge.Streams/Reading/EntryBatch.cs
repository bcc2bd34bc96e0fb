using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Entries of one read, decoded: the events to count and what cannot be counted. The unit of a commit.</summary>
/// <remarks>Reused; allocates nothing while entries are sound. Not thread-safe.</remarks>
public sealed class EntryBatch
{
    private const int ProducerBytesMax = 64;
    private static readonly SearchValues<byte> ProducerBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private readonly PlainEntryDecoder _plain;
    private readonly FrameDecoder _frames;
    private readonly List<DeadLetter> _dead = [];
    private readonly List<EntryOrigin> _origins = [];
    private StreamEntryId[] _ids = new StreamEntryId[64];

    /// <param name="fields">Text fields the views need.</param>
    public EntryBatch(IEnumerable<string> fields)
    {
        Events = new EventBatch(fields);
        _plain = new PlainEntryDecoder(Events);
        _frames = new FrameDecoder(Events);
    }

    /// <summary>The sound events.</summary>
    public EventBatch Events { get; }

    /// <summary>Ids of all entries, ascending.</summary>
    public ReadOnlySpan<StreamEntryId> Ids => _ids.AsSpan(0, Count);

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>What goes to the dead-letter stream.</summary>
    public IReadOnlyList<DeadLetter> Dead => _dead;

    /// <summary>Which origins the next entries leave in <see cref="Origins"/>.</summary>
    /// <value>Default <see cref="OriginsKept.None"/>.</value>
    public OriginsKept OriginsKept { get; set; }

    /// <summary>Origins of entries, in their order.</summary>
    public IReadOnlyList<EntryOrigin> Origins => _origins;

    /// <summary>Time part of the newest entry id, Unix milliseconds.</summary>
    public long NewestArrivalMs => Count == 0 ? 0 : _ids[Count - 1].ArrivalMs;

    public void Clear()
    {
        Events.Clear();
        Count = 0;
        _dead.Clear();
        _origins.Clear();
    }

    /// <summary>Holds one entry instead, which its commit dead-letters whole, whatever is in it.</summary>
    public void GiveUp(StreamEntryId id, string reason)
    {
        Clear();
        _ids[Count++] = id;
        _dead.Add(new DeadLetter(id, -1, reason, Fields: null));
    }

    /// <summary>Reads a reply's list of entries: <c>[[id, [name, value, …]], …]</c>.</summary>
    internal void ReadEntries(ref RespReader reply)
    {
        var entries = reply.ReadAggregateHeader();
        for (var i = 0; i < entries; i++) ReadEntry(ref reply);
    }

    /// <summary>Reads one entry: <c>[id, [name, value, …]]</c>.</summary>
    /// <param name="wants">Which entries to take; the others are passed over. Null takes all.</param>
    internal StreamEntryId ReadEntry(ref RespReader reply, Func<StreamEntryId, bool>? wants = null)
    {
        reply.ReadAggregateHeader();
        if (!StreamEntryId.TryParse(reply.ReadString(), out var id)) throw new RespProtocolException("an entry id is not of the form ms-sequence", reply.Position);
        if (wants is null || wants(id)) ReadFields(ref reply, id);
        else reply.Skip();
        return id;
    }

    private void ReadFields(ref RespReader reply, StreamEntryId id)
    {
        if (Count == _ids.Length) Array.Resize(ref _ids, _ids.Length * 2);
        _ids[Count++] = id;

        var names = reply.ReadAggregateHeader() / 2;
        if (names <= 0) // a deleted entry read from the pending list
        {
            Bury(id, EventFault.NoKnownFields);
            return;
        }

        var name = reply.ReadString();
        var value = reply.ReadString();
        if (name.SequenceEqual(FrameFormat.EntryField))
        {
            ReadFrameOrigin(ref reply, id, names - 1);
            ReadFrame(id, value);
            return;
        }

        _plain.Begin(id.ArrivalMs);
        _plain.Field(name, value);
        for (var i = 1; i < names; i++)
        {
            name = reply.ReadString();
            value = reply.ReadString();
            _plain.Field(name, value);
            if (OriginsKept != OriginsKept.None && name.SequenceEqual(TraceParent.Field) && TraceParent.TryRead(value, out var trace)) _origins.Add(new EntryOrigin(id, "", 0, trace));
        }

        var fault = _plain.End();
        if (fault != EventFault.None) Bury(id, fault);
    }

    private void ReadFrameOrigin(ref RespReader reply, StreamEntryId id, int fields)
    {
        ReadOnlySpan<byte> producer = default;
        var sequence = 0L;
        ActivityContext trace = default;
        for (var i = 0; i < fields; i++)
        {
            if (OriginsKept == OriginsKept.None)
            {
                reply.Skip();
                reply.Skip();
                continue;
            }

            var name = reply.ReadString();
            var value = reply.ReadString();
            if (name.SequenceEqual("producer"u8)) producer = IsProducerName(value) ? value : default;
            else if (name.SequenceEqual("seq"u8)) _ = Utf8Parser.TryParse(value, out sequence, out _);
            else if (name.SequenceEqual(TraceParent.Field)) _ = TraceParent.TryRead(value, out trace);
        }

        if (OriginsKept == OriginsKept.All || trace != default) _origins.Add(new EntryOrigin(id, Encoding.UTF8.GetString(producer), sequence, trace));
    }

    // Any client may write any name, and this one goes into logs.
    private static bool IsProducerName(ReadOnlySpan<byte> name) => name.Length <= ProducerBytesMax && !name.ContainsAnyExcept(ProducerBytes);

    private void ReadFrame(StreamEntryId id, ReadOnlySpan<byte> frame)
    {
        var fault = _frames.Decode(frame, id.ArrivalMs);
        if (fault != EventFault.None)
        {
            Bury(id, fault);
            return;
        }

        foreach (var (index, eventFault) in _frames.Faults)
        {
            var fields = new ExtraFields();
            FrameRow.TryRead(frame, index, fields);
            _dead.Add(new DeadLetter(id, index, eventFault.WireName(), fields));
        }
    }

    private void Bury(StreamEntryId id, EventFault fault) => _dead.Add(new DeadLetter(id, -1, fault.WireName(), Fields: null));
}
