using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>All groups of one built-in view at one moment, as columns: ten thousand of them are read ten times a second, and few are looked at. Immutable.</summary>
public sealed class GroupTotals
{
    private readonly BucketContent _content;
    private readonly int _countColumn;
    private readonly int _sumColumn;
    private readonly int _otherRow = -1;

    internal GroupTotals(BucketContent content)
    {
        _content = content;
        _countColumn = ColumnOf(ColumnKind.Count);
        _sumColumn = ColumnOf(ColumnKind.Sum);
        var groups = content.Groups;
        for (var row = 0; row < groups.Length; row++)
        {
            if (groups[row] == GroupKey.Other) _otherRow = row;
            CountSum += CountOf(row);
            ValueMicrosSum += ValueMicrosOf(row);
        }
    }

    /// <summary>Groups counted under their own name.</summary>
    public int Count => _content.Groups.Length - (_otherRow < 0 ? 0 : 1);

    /// <summary>Events of all groups.</summary>
    public long CountSum { get; }

    /// <summary>Values of all groups, millionths; 0 for a view that does not sum.</summary>
    public long ValueMicrosSum { get; }

    /// <summary>What was beyond the budget of the view; null when nothing was.</summary>
    public GroupTotal? Other => _otherRow < 0 ? null : TotalOf(_otherRow);

    /// <summary>The groups counted most, then by name, so that equal data gives equal bytes. <see cref="Other"/> is no group.</summary>
    public IReadOnlyList<GroupTotal> Top(int count)
    {
        // The least of the best so far lies on top: most groups cost one comparison with it.
        var best = new PriorityQueue<int, int>(Comparer<int>.Create(CompareRank));
        for (var row = 0; row < _content.Groups.Length; row++)
        {
            if (row == _otherRow) continue;
            if (best.Count < count) best.Enqueue(row, row);
            else if (count > 0) best.EnqueueDequeue(row, row);
        }

        var top = new GroupTotal[best.Count];
        for (var rank = top.Length - 1; rank >= 0; rank--) top[rank] = TotalOf(best.Dequeue());
        return top;
    }

    private int CompareRank(int row, int otherRow)
    {
        var difference = CountOf(row).CompareTo(CountOf(otherRow));
        return difference != 0 ? difference : -string.CompareOrdinal(_content.Groups[row], _content.Groups[otherRow]);
    }

    private GroupTotal TotalOf(int row) => new(_content.Groups[row], CountOf(row), ValueMicrosOf(row));

    private long CountOf(int row) => _content.Numbers(_countColumn)[row];

    private long ValueMicrosOf(int row) => _sumColumn < 0 ? 0 : _content.Numbers(_sumColumn)[row];

    private int ColumnOf(ColumnKind kind)
    {
        for (var column = 0; column < _content.View.Columns.Count; column++)
        {
            if (_content.View.Columns[column].Kind == kind) return column;
        }

        return -1;
    }
}
