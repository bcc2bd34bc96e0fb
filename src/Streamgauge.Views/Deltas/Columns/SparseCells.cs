namespace Streamgauge.Views;

/// <summary>Numbers by row and index, for columns that hold few of many possible indexes per row.</summary>
/// <remarks>Open addressing over (row, index) packed into 64 bits; after <see cref="Sort"/> a row's cells lie together, by ascending index.</remarks>
internal sealed class SparseCells
{
    private const int CellsInitial = 64;
    private const int CellsKept = 16 * 1024; // larger tables that were hardly used are given back
    private int[] _slots = new int[CellsInitial * 2]; // cell + 1
    private ulong[] _keys = new ulong[CellsInitial];
    private long[] _numbers = new long[CellsInitial];

    public int Count { get; private set; }

    public (int Row, int Index, long Number) this[int cell] => ((int)(_keys[cell] >> 32), IndexOf(_keys[cell]), _numbers[cell]);

    public void Clear()
    {
        if (_keys.Length > CellsKept && Count < _keys.Length / 16)
        {
            _slots = new int[CellsInitial * 2];
            _keys = new ulong[CellsInitial];
            _numbers = new long[CellsInitial];
        }
        else
        {
            Array.Clear(_slots);
        }

        Count = 0;
    }

    /// <summary>The number at a row's index, 0 when it is new.</summary>
    public ref long At(int row, int index)
    {
        if (Count == _keys.Length) Grow();
        var key = ((ulong)(uint)row << 32) | ((uint)index ^ 0x8000_0000u); // flipped, so that negative indexes sort below
        var mask = _slots.Length - 1;
        var at = SlotOf(key, mask);
        while (_slots[at] is var cell and not 0)
        {
            if (_keys[cell - 1] == key) return ref _numbers[cell - 1];
            at = (at + 1) & mask;
        }

        _keys[Count] = key;
        _numbers[Count] = 0;
        _slots[at] = ++Count;
        return ref _numbers[Count - 1];
    }

    /// <summary>Orders the cells; after it, only reading until <see cref="Clear"/>.</summary>
    public void Sort() => Array.Sort(_keys, _numbers, 0, Count);

    /// <summary>First cell of a row once sorted; its cells follow.</summary>
    public int FirstOf(int row)
    {
        var at = Array.BinarySearch(_keys, 0, Count, (ulong)(uint)row << 32);
        return at < 0 ? ~at : at;
    }

    private static int IndexOf(ulong key) => (int)((uint)key ^ 0x8000_0000u);

    private static int SlotOf(ulong key, int mask) => (int)((key * 0x9E37_79B9_7F4A_7C15) >> 40) & mask;

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        Array.Resize(ref _numbers, _numbers.Length * 2);
        _slots = new int[_keys.Length * 2];
        var mask = _slots.Length - 1;
        for (var cell = 0; cell < Count; cell++)
        {
            var at = SlotOf(_keys[cell], mask);
            while (_slots[at] != 0) at = (at + 1) & mask;
            _slots[at] = cell + 1;
        }
    }
}
