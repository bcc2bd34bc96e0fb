using System.Runtime.InteropServices;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a batch adds to one view of sessions: per id the sessions that its own events make. Reused; allocates only while it grows; not thread-safe.</summary>
/// <remarks>Whoever merges them with what is stored joins those that are at most a gap apart, so it does not matter how events are spread over batches.</remarks>
public sealed class SessionDeltas
{
    private const int CellsPerSession = 2; // its text and its end; more would shrink commits until no two events of a session met in one

    private readonly SessionRule _rule;
    private readonly GroupNumbering _ids;
    private readonly List<SessionPart> _parts = [];
    private readonly List<(int Id, int First, int Count)> _touched = [];
    private int[] _ends = []; // per id, where its events end in the next two
    private long[] _times = [];
    private int[] _types = [];
    private FieldColumn? _typeColumn;

    internal SessionDeltas(ViewDefinition view)
    {
        View = view;
        _rule = view.Sessions ?? throw new ArgumentException("not a view of sessions", nameof(view));
        _ids = new GroupNumbering(new ViewDefinition { Name = view.Name, Filter = view.Filter, GroupBy = [_rule.By], KeepsAbsent = false });
    }

    public ViewDefinition View { get; }

    /// <summary>Events of the last <see cref="Fold"/> that came too late: not in the view, and reported.</summary>
    public int LateCount { get; private set; }

    /// <summary>Stored values a commit of this touches, roughly.</summary>
    public int CellCount => _parts.Count * CellsPerSession;

    /// <summary>Ids with events in the batch; each has <c>Count</c> sessions from <c>First</c> on.</summary>
    /// <remarks>Two ids may have one name, when they differ only in what names leave out.</remarks>
    public ReadOnlySpan<(int Id, int First, int Count)> Ids => CollectionsMarshal.AsSpan(_touched);

    /// <summary>A session as far as this batch knows it; those of an id ascend.</summary>
    public SessionPart this[int part] => _parts[part];

    /// <summary>Bytes of an id, valid until the next call.</summary>
    public ReadOnlySpan<byte> Name(int id) => _ids.NameOf(id);

    /// <summary>Bytes of an event type.</summary>
    public ReadOnlySpan<byte> TypeName(int type) => _typeColumn!.Symbols[type];

    /// <summary>Adds up a batch. The result refers to the batch's symbols and lives as long as they do.</summary>
    internal void Fold(EventBatch batch)
    {
        LateCount = 0;
        _parts.Clear();
        _touched.Clear();
        _typeColumn = batch.EventType;
        var ids = _ids.Number(batch);
        var idCount = Arrange(batch, ids);
        for (var id = 0; id < idCount; id++)
        {
            var (start, end) = (id == 0 ? 0 : _ends[id - 1], _ends[id]);
            if (start == end) continue;
            var first = _parts.Count;
            AddParts(_times.AsSpan(start, end - start), _types.AsSpan(start, end - start));
            _touched.Add((id, first, _parts.Count - first));
        }
    }

    // Puts the events of each id side by side, in the order they came in: counted first, then placed. Returns how many ids there can be.
    private int Arrange(EventBatch batch, ReadOnlySpan<int> ids)
    {
        var idCount = batch.Column(_rule.By).Symbols.Count + 1; // group 0 is the absent value
        if (_ends.Length < idCount) _ends = new int[Math.Max(idCount, _ends.Length * 2)];
        if (_times.Length < batch.Count) (_times, _types) = (new long[Math.Max(batch.Count, _times.Length * 2)], new int[Math.Max(batch.Count, _times.Length * 2)]);
        var ends = _ends.AsSpan(0, idCount);
        ends.Clear();
        var times = batch.TimestampsMs;
        var arrivals = batch.ArrivalsMs;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0) continue;
            if (IsLate(times[i], arrivals[i])) LateCount++;
            else ends[ids[i]]++;
        }

        var below = 0;
        for (var id = 0; id < idCount; id++) (ends[id], below) = (below, below + ends[id]); // starts, which placing turns into ends
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0 || IsLate(times[i], arrivals[i])) continue;
            var at = ends[ids[i]]++;
            _times[at] = times[i];
            _types[at] = batch.EventType[i];
        }

        return idCount;
    }

    // What is late is decided by the arrival of each event, not by the clock of whoever counts: a replay must give the same.
    private bool IsLate(long timeMs, long arrivalMs) => timeMs + _rule.RetainMs <= arrivalMs;

    private void AddParts(Span<long> times, Span<int> types)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] >= times[i - 1]) continue;
            times.Sort(types);
            break;
        }

        var part = new SessionPart(times[0], times[0], 1, types[0], types[0]);
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] - part.EndMs > _rule.GapMs)
            {
                _parts.Add(part);
                part = new SessionPart(times[i], times[i], 1, types[i], types[i]);
                continue;
            }

            part = part with
            {
                Events = part.Events + 1,
                Entry = times[i] == part.StartMs && IsBelow(types[i], part.Entry) ? types[i] : part.Entry,
                Exit = times[i] > part.EndMs || IsBelow(part.Exit, types[i]) ? types[i] : part.Exit,
                EndMs = times[i],
            };
        }

        _parts.Add(part);
    }

    private bool IsBelow(int one, int other) => one != other && TypeName(one).SequenceCompareTo(TypeName(other)) < 0;
}
