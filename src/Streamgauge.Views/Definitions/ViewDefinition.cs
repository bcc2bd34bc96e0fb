namespace Streamgauge.Views;

/// <summary>A declared aggregate: which events, grouped by what, what to measure, in which windows, for how long.</summary>
public sealed record ViewDefinition
{
    private readonly IReadOnlyList<Measure> _measures = [Measure.Count];
    private readonly ViewNaming _naming = ViewNaming.Declared;

    /// <summary>Name in metrics, answers and budgets: lower case letters, digits and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in words of whoever declared it.</summary>
    public string? Description { get; init; }

    /// <summary>Events that pass are in the view; null takes all.</summary>
    public EventFilter? Filter { get; init; }

    /// <summary>Up to <see cref="ViewLimits.GroupByMax"/> text fields whose values are the groups; none for one group of everything.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Whether events that lack a group-by field are in the view, with that value absent.</summary>
    public bool KeepsAbsent { get; init; } = true;

    /// <summary>What is told about each group.</summary>
    public IReadOnlyList<Measure> Measures
    {
        get => _measures;
        init
        {
            _measures = value;
            Columns = _naming.Columns(value);
        }
    }

    /// <summary>Resolutions, finest first; each is a multiple of the one before and kept at least as long.</summary>
    public IReadOnlyList<Tier> Tiers { get; init; } = [Tier.AllTime];

    /// <summary>Set for a view of sessions, which has no groups, measures or tiers.</summary>
    public SessionRule? Sessions { get; init; }

    /// <summary>Cardinality budget: groups per bucket, or sessions kept. Beyond it new groups are counted together as <c>(other)</c>, so totals stay exact.</summary>
    public int GroupsMax { get; init; } = int.MaxValue;

    /// <summary>What stands around the group in the stored field names.</summary>
    public ViewNaming Naming
    {
        get => _naming;
        init
        {
            _naming = value;
            Columns = value.Columns(_measures);
        }
    }

    /// <summary>What is stored per group, the count first.</summary>
    public IReadOnlyList<ViewColumn> Columns { get; private init; } = ViewNaming.Declared.Columns([Measure.Count]);

    /// <summary>Whether what <paramref name="other"/> has counted so far is what this view would have counted.</summary>
    /// <remarks>Filter, group-by, measures and window decide it, or filter, id and gap of sessions. Description, limit and retention may change while counting goes on.</remarks>
    public bool CountsLike(ViewDefinition other) =>
        Name == other.Name
        && Filter?.Canonical == other.Filter?.Canonical
        && SessionRule.FindSame(Sessions, other.Sessions)
        && KeepsAbsent == other.KeepsAbsent
        && GroupBy.SequenceEqual(other.GroupBy)
        && Columns.ToHashSet().SetEquals(other.Columns)
        && Tiers.Select(tier => tier.Every).SequenceEqual(other.Tiers.Select(tier => tier.Every));

    /// <summary>Equal in everything that is declared.</summary>
    public bool Equals(ViewDefinition? other) =>
        other is not null
        && Name == other.Name
        && Description == other.Description
        && Equals(Filter, other.Filter)
        && Sessions == other.Sessions
        && KeepsAbsent == other.KeepsAbsent
        && GroupBy.SequenceEqual(other.GroupBy)
        && Measures.SequenceEqual(other.Measures)
        && Columns.SequenceEqual(other.Columns)
        && Tiers.SequenceEqual(other.Tiers)
        && GroupsMax == other.GroupsMax;

    public override int GetHashCode() => HashCode.Combine(Name, Filter, GroupBy.Count, Measures.Count, Tiers.Count, GroupsMax);
}
