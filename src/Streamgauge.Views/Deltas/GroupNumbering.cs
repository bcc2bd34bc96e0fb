using System.Runtime.InteropServices;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Numbers the groups of a batch: 0, 1, 2 … for each combination of the group-by fields' values.</summary>
internal sealed class GroupNumbering(ViewDefinition view)
{
    /// <summary>The event is in no group: filtered out, or a field is absent that the view needs.</summary>
    public const int None = -1;

    private readonly FieldColumn?[] _columns = new FieldColumn?[view.GroupBy.Count];
    private readonly Dictionary<(int First, int Second, int Third), int> _numbers = [];
    private readonly List<(int First, int Second, int Third)> _symbols = [];
    private readonly List<byte> _name = [];
    private int[] _groups = [];
    private bool[] _passes = [];

    /// <summary>The group of each event, or <see cref="None"/>.</summary>
    public ReadOnlySpan<int> Number(EventBatch batch)
    {
        if (_groups.Length < batch.Count) _groups = new int[Math.Max(batch.Count, _groups.Length * 2)];
        var groups = _groups.AsSpan(0, batch.Count);
        for (var i = 0; i < _columns.Length; i++) _columns[i] = batch.Column(view.GroupBy[i]);
        if (_columns.Length == 0) groups.Clear();
        else if (_columns.Length == 1) NumberBySymbol(groups);
        else NumberByCombination(groups);

        if (view.Filter is { } filter) LeaveOut(batch, filter, groups);
        return groups;
    }

    /// <summary>A group's name, valid until the next call and as long as the batch's symbols are.</summary>
    public ReadOnlySpan<byte> NameOf(int group)
    {
        // Nearly always the value itself.
        if (_columns.Length == 1 && group > 0 && _columns[0]!.Symbols[group - 1] is var value && value.Length <= GroupKey.ValueBytesMax && !value.Contains((byte)GroupKey.Separator)) return value;
        WriteName(group, _name);
        return CollectionsMarshal.AsSpan(_name);
    }

    private void WriteName(int group, List<byte> output)
    {
        output.Clear();
        if (_columns.Length == 1)
        {
            if (group > 0) Append(output, _columns[0]!, group - 1);
            return;
        }

        if (_columns.Length == 0) return;
        var (first, second, third) = _symbols[group];
        Append(output, _columns[0]!, first);
        output.Add((byte)GroupKey.Separator);
        Append(output, _columns[1]!, second);
        if (_columns.Length == 2) return;
        output.Add((byte)GroupKey.Separator);
        Append(output, _columns[2]!, third);
    }

    private void LeaveOut(EventBatch batch, EventFilter filter, Span<int> groups)
    {
        if (_passes.Length < batch.Count) _passes = new bool[Math.Max(batch.Count, _passes.Length * 2)];
        var passes = _passes.AsSpan(0, batch.Count);
        filter.Apply(batch, passes);
        for (var i = 0; i < groups.Length; i++)
        {
            if (!passes[i]) groups[i] = None;
        }
    }

    // Group 0 is the absent value.
    private void NumberBySymbol(Span<int> groups)
    {
        var symbols = _columns[0]!.Values(groups.Length);
        for (var i = 0; i < groups.Length; i++) groups[i] = symbols[i] + 1;
        if (view.KeepsAbsent) return;
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i] == 0) groups[i] = None;
        }
    }

    private void NumberByCombination(Span<int> groups)
    {
        _numbers.Clear();
        _symbols.Clear();
        for (var i = 0; i < groups.Length; i++)
        {
            var key = (_columns[0]![i], _columns[1]![i], _columns.Length == 3 ? _columns[2]![i] : FieldColumn.Absent);
            if (!view.KeepsAbsent && (key.Item1 < 0 || key.Item2 < 0 || (_columns.Length == 3 && key.Item3 < 0)))
            {
                groups[i] = None;
                continue;
            }

            if (!_numbers.TryGetValue(key, out var number))
            {
                number = _symbols.Count;
                _numbers.Add(key, number);
                _symbols.Add(key);
            }

            groups[i] = number;
        }
    }

    // Values are cut at a character's end, and lose the one byte that means something else here. Two values that become the same name are one group.
    private static void Append(List<byte> output, FieldColumn column, int symbol)
    {
        if (symbol < 0) return;
        var value = GroupKey.Cut(column.Symbols[symbol]);
        foreach (var b in value) output.Add(b == GroupKey.Separator ? (byte)' ' : b);
    }
}
