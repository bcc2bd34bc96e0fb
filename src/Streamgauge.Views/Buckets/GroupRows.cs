using System.Text;

namespace Streamgauge.Views;

/// <summary>Numbers the groups of a bucket in order of appearance, and keeps their names: buckets of a view share the strings.</summary>
internal sealed class GroupRows
{
    private const int NamesMax = 200_000; // then the names are dropped; a flood of groups must not stay in memory

    private Dictionary<string, int> _ids = [];
    private Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _names = [];
    private int[] _rowOfId = new int[64]; // plus one; 0 for a group the bucket at hand does not have
    private int[] _idOfRow = new int[64];
    private char[] _text = new char[256];

    public GroupRows() => _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>The row of a group, new or known.</summary>
    public int RowOf(ReadOnlySpan<byte> group)
    {
        if (_text.Length < group.Length) _text = new char[group.Length * 2]; // never more characters than bytes
        var text = _text.AsSpan(0, Encoding.UTF8.GetChars(group, _text));
        if (!_lookup.TryGetValue(text, out var id)) id = Learn(text.ToString());
        if (_rowOfId[id] is var known and > 0) return known - 1;
        if (Count == _idOfRow.Length) Array.Resize(ref _idOfRow, Count * 2);
        _idOfRow[Count] = id;
        return (_rowOfId[id] = ++Count) - 1;
    }

    /// <summary>Names by row.</summary>
    public string[] ToNames()
    {
        var names = new string[Count];
        for (var row = 0; row < names.Length; row++) names[row] = _names[_idOfRow[row]];
        return names;
    }

    /// <summary>Starts over with no rows; the names stay known.</summary>
    public void Clear()
    {
        for (var row = 0; row < Count; row++) _rowOfId[_idOfRow[row]] = 0;
        Count = 0;
        if (_names.Count <= NamesMax) return;
        _names.Clear();
        _ids = [];
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private int Learn(string group)
    {
        var id = _names.Count;
        _names.Add(group);
        _ids.Add(group, id);
        if (id == _rowOfId.Length) Array.Resize(ref _rowOfId, id * 2);
        return id;
    }
}
