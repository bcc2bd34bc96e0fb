using System.Runtime.InteropServices;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Gathers the stored fields of one view into groups.</summary>
internal sealed class GroupCollector(FieldNaming naming)
{
    private readonly Dictionary<string, (long Count, long ValueMicros)> _groups = new(StringComparer.Ordinal);

    public bool TryTake(string field, RespValue value)
    {
        if (naming.GroupOfCount(field) is { } counted) CollectionsMarshal.GetValueRefOrAddDefault(_groups, counted, out _).Count = Counter(value);
        else if (naming.GroupOfSum(field) is { } summed) CollectionsMarshal.GetValueRefOrAddDefault(_groups, summed, out _).ValueMicros = Counter(value);
        else return false;
        return true;
    }

    /// <summary>A stored counter; 0 for one that somebody overwrote with text, as the commit then counts it in <c>residue</c>.</summary>
    internal static long Counter(RespValue value) => long.TryParse(value.AsText(), out var number) ? number : 0;

    /// <summary>Most counted first, then by name, so that equal data gives equal bytes.</summary>
    public IReadOnlyList<GroupTotal> Sorted() =>
    [
        .. _groups.Select(group => new GroupTotal(group.Key, group.Value.Count, group.Value.ValueMicros))
            .OrderByDescending(group => group.Count).ThenBy(group => group.Name, StringComparer.Ordinal),
    ];
}
