namespace Streamgauge.Views;

/// <summary>What a batch adds to one bucket of one view: which of the view's rows belong to it, one per group.</summary>
public sealed class BucketDeltas
{
    private const int SlotsInitial = 32;
    private const int SlotsKept = 4 * 1024; // a larger table that was hardly used is given back, so one odd batch does not tax all later ones

    // Open addressing: group + 1 and its row. Groups are small dense numbers, so a multiplication spreads them well enough.
    private (int GroupPlusOne, int Row)[] _slots = new (int, int)[SlotsInitial];
    private (int Group, int Row)[] _rows = new (int, int)[SlotsInitial / 2];

    /// <summary>Start of the bucket, Unix milliseconds; 0 for all time.</summary>
    public long StartMs { get; private set; }

    /// <summary>Groups touched and their rows, in order of first touch.</summary>
    public ReadOnlySpan<(int Group, int Row)> Rows => _rows.AsSpan(0, RowCount);

    public int RowCount { get; private set; }

    internal void Restart(long startMs)
    {
        StartMs = startMs;
        if (_slots.Length > SlotsKept && RowCount < _slots.Length / 32)
        {
            _slots = new (int, int)[SlotsInitial];
            _rows = new (int, int)[SlotsInitial / 2];
        }
        else
        {
            Array.Clear(_slots);
        }

        RowCount = 0;
    }

    /// <summary>The row of a group; a group that is new here takes <paramref name="rowsUsed"/> and raises it.</summary>
    internal int RowOf(int group, ref int rowsUsed)
    {
        var mask = _slots.Length - 1;
        var at = SlotOf(group, mask);
        while (_slots[at].GroupPlusOne is var known and not 0)
        {
            if (known == group + 1) return _slots[at].Row;
            at = (at + 1) & mask;
        }

        if (RowCount == _rows.Length)
        {
            Grow();
            return RowOf(group, ref rowsUsed);
        }

        var row = rowsUsed++;
        _slots[at] = (group + 1, row);
        _rows[RowCount++] = (group, row);
        return row;
    }

    private static int SlotOf(int group, int mask) => (int)(((uint)group * 0x9E37_79B1u) >> 7) & mask;

    private void Grow()
    {
        Array.Resize(ref _rows, _rows.Length * 2);
        _slots = new (int, int)[_slots.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var (group, row) in Rows)
        {
            var at = SlotOf(group, mask);
            while (_slots[at].GroupPlusOne != 0) at = (at + 1) & mask;
            _slots[at] = (group + 1, row);
        }
    }
}
