namespace Streamgauge.Views;

/// <summary>Numbers the groups of an answer: which stored groups pass, and which of them are one when fewer fields are asked for.</summary>
internal sealed class GroupIndex
{
    /// <summary>The number of groups that do not pass.</summary>
    public const int None = -1;

    private readonly QueryPlan _plan;
    private readonly int[] _fields; // of the answer, in the stored name
    private readonly bool _asStored;
    private readonly Dictionary<string, int> _ofStored = [];
    private readonly Dictionary<string, int> _ofName = [];
    private readonly List<string> _names = [];
    private string[] _values = [];

    public GroupIndex(QueryPlan plan)
    {
        _plan = plan;
        var stored = plan.View.GroupBy.ToList();
        _fields = [.. plan.GroupBy.Select(field => stored.IndexOf(field))];
        _asStored = plan.Query.Where is null && _fields.SequenceEqual(Enumerable.Range(0, stored.Count));
        if (_fields.Length == 0) IdOfName(""); // one group of everything is there also when there was nothing
    }

    /// <summary>Names by number, as <see cref="GroupKey"/> joins them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>A field the filter asked for that groups do not have; null when it asked for none.</summary>
    public string? FieldNotKept { get; private set; }

    /// <summary>The number of a stored group, or <see cref="None"/>.</summary>
    public int IdOf(string stored)
    {
        if (_ofStored.TryGetValue(stored, out var id)) return id;
        id = _asStored ? IdOfName(stored) : Project(stored);
        _ofStored.Add(stored, id);
        return id;
    }

    private int Project(string stored)
    {
        _values = GroupKey.Split(stored, _plan.View.GroupBy.Count);
        if (_plan.Query.Where is { } where && !where.Matches(ValueOf)) return None;
        if (_fields.Length == 0) return IdOfName("");
        return IdOfName(stored == GroupKey.Other ? stored : string.Join(GroupKey.Separator, _fields.Select(Value)));
    }

    private string? ValueOf(string field)
    {
        for (var i = 0; i < _plan.View.GroupBy.Count; i++)
        {
            if (_plan.View.GroupBy[i] == field) return Value(i) is { Length: > 0 } value ? value : null;
        }

        FieldNotKept = field;
        return null;
    }

    private string Value(int field) => field < _values.Length ? _values[field] : "";

    private int IdOfName(string name)
    {
        if (_ofName.TryGetValue(name, out var id)) return id;
        _ofName.Add(name, id = _names.Count);
        _names.Add(name);
        return id;
    }
}
