using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Writes what a batch adds to one view of sessions into a commit's arguments.</summary>
internal sealed class SessionLayout
{
    private readonly SessionRule _rule;
    private readonly int _sessionsMax;
    private readonly byte[] _name;

    public SessionLayout(CatalogView view, StreamKeys keys)
    {
        _rule = view.Definition.Sessions!;
        _sessionsMax = view.Definition.GroupsMax;
        _name = FunctionCall.Utf8($"{view.Definition.Name}.{view.Generation}");
        var (sessions, ends, totals) = StreamKeys.SessionNames(view.Definition.Name, view.Generation);
        Keys = [keys.BucketKey(sessions), keys.BucketKey(ends), keys.BucketKey(totals)];
    }

    /// <summary>The keys of the view, in the order the function library wants them.</summary>
    public IReadOnlyList<string> Keys { get; }

    // sessions_key ends_key totals_key name limit gap_ms retain_ms id_count (id part_count (first last events entry exit)…)…
    public void Write(RespWriter output, SessionDeltas deltas, int firstKey)
    {
        for (var i = 0; i < Keys.Count; i++) output.WriteBulk(firstKey + i);
        output.WriteBulk(_name);
        output.WriteBulk(_sessionsMax);
        output.WriteBulk(_rule.GapMs);
        output.WriteBulk(_rule.RetainMs);
        output.WriteBulk(deltas.Ids.Length);
        foreach (var (id, first, count) in deltas.Ids)
        {
            output.WriteBulk(deltas.Name(id));
            output.WriteBulk(count);
            for (var part = first; part < first + count; part++)
            {
                var session = deltas[part];
                output.WriteBulk(session.StartMs);
                output.WriteBulk(session.EndMs);
                output.WriteBulk(session.Events);
                output.WriteBulk(deltas.TypeName(session.Entry));
                output.WriteBulk(deltas.TypeName(session.Exit));
            }
        }
    }
}
