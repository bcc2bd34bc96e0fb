using System.Runtime.InteropServices;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Gathers the stored fields of one view into groups.</summary>
internal sealed class GroupCollector(ViewDefinition view)
{
    private readonly Dictionary<string, (long Count, long ValueMicros)> _groups = new(StringComparer.Ordinal);

    public bool TryTake(string field, RespValue value)
    {
        foreach (var column in view.Columns)
        {
            if (column.GroupOf(field) is not { Length: > 0 } group) continue;
            ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, group, out _);
            if (column.Kind == ColumnKind.Count) total.Count = Counter(value);
            else total.ValueMicros = Counter(value);
            return true;
        }

        return false;
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
