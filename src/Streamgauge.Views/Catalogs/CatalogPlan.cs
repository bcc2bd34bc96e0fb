namespace Streamgauge.Views;

/// <summary>What it takes to get from the catalog that is counted to the views that are declared.</summary>
public sealed class CatalogPlan
{
    private readonly ViewCatalog _current;
    private readonly IReadOnlyList<ViewDefinition> _declared;

    /// <param name="drops">Whether what is counted and not declared is dropped; otherwise it is kept as it is.</param>
    public CatalogPlan(ViewCatalog current, IReadOnlyList<ViewDefinition> declared, bool drops)
    {
        _current = current;
        _declared = drops ? declared : [.. declared, .. Undeclared(current, declared)];
        Steps = [.. _declared.Select(StepFor), .. Undeclared(current, _declared).Select(view => new CatalogStep(view.Name, CatalogAction.Drop, view, Declared: null))];
    }

    /// <summary>One per view, declared or counted.</summary>
    public IReadOnlyList<CatalogStep> Steps { get; }

    /// <summary>Whether declared and counted are the same already.</summary>
    public bool IsEmpty => Steps.All(step => step.Action == CatalogAction.Keep);

    /// <summary>Whether a view has to be counted from the retained stream first.</summary>
    public bool NeedsBuilding => Steps.Any(step => step.Action is CatalogAction.Add or CatalogAction.Rebuild);

    /// <summary>Names of the keys that come: <c>sales.3:*</c>.</summary>
    public IEnumerable<string> AddedKeys => Building(0).Views.Where(view => view.State == CatalogState.Building).Select(KeysOf);

    /// <summary>Names of the keys that go.</summary>
    public IEnumerable<string> RemovedKeys =>
        from step in Steps
        where step.Action is CatalogAction.Rebuild or CatalogAction.Drop
        select KeysOf(_current.Views.First(view => view.State == CatalogState.Active && view.Definition.Name == step.Name));

    /// <summary>The catalog while views are built: what is counted now, and the new ones beside it.</summary>
    /// <param name="sinceMs">Arrival of the oldest entry still in the stream, Unix milliseconds; 0 when none was ever trimmed.</param>
    public ViewCatalog Building(long sinceMs) =>
        new(_current.Version, [.. _current.Views.Where(view => view.State == CatalogState.Active), .. New(CatalogState.Building, sinceMs)]) { Generations = _current.Generations + 1 };

    /// <summary>The catalog in the end. Its version is the one it follows, until it is set.</summary>
    /// <param name="version">Of the catalog it follows.</param>
    /// <param name="nowMs">Unix milliseconds: a retention that grows holds from now on, and what it would have kept before is gone.</param>
    /// <inheritdoc cref="Building(long)"/>
    public ViewCatalog Target(long version, long sinceMs, long nowMs)
    {
        var built = New(CatalogState.Active, sinceMs).ToDictionary(view => view.Definition.Name, StringComparer.Ordinal);
        return new ViewCatalog(version, [.. _declared.Select(view => built.GetValueOrDefault(view.Name) ?? Updated(Counted(view.Name)!, view, nowMs))])
        {
            Generations = _current.Generations + (built.Count > 0 ? 1 : 0),
        };
    }

    /// <summary>A catalog whose building is done: what was built takes the place of what had its name.</summary>
    public static ViewCatalog Finish(ViewCatalog building)
    {
        var built = building.Views.Where(view => view.State == CatalogState.Building).Select(view => view with { State = CatalogState.Active }).ToList();
        return building with { Views = [.. building.Views.Where(view => view.State == CatalogState.Active && !built.Exists(other => other.Definition.Name == view.Definition.Name)), .. built] };
    }

    /// <summary>A catalog whose building is given up.</summary>
    public static ViewCatalog Abandon(ViewCatalog building) => building with { Views = [.. building.Views.Where(view => view.State == CatalogState.Active)] };

    private static string KeysOf(CatalogView view) => $"{view.Definition.Name}.{view.Generation}:*";

    private static CatalogView Updated(CatalogView counted, ViewDefinition declared, long nowMs) => counted with
    {
        Definition = declared with { Tiers = [.. declared.Tiers.Zip(counted.Definition.Tiers, (tier, old) => tier with { KeptSinceMs = KeptSinceMs(tier, old, nowMs) })] },
        RetainSinceMs = declared.Sessions?.Retain == counted.Definition.Sessions?.Retain ? counted.RetainSinceMs : nowMs,
    };

    private static long KeptSinceMs(Tier tier, Tier old, long nowMs)
    {
        var growsFromMs = tier.Retain > old.Retain ? nowMs - (long)old.Retain.TotalMilliseconds : 0;
        var sinceMs = Math.Max(old.KeptSinceMs, growsFromMs);
        return sinceMs > nowMs - (long)tier.Retain.TotalMilliseconds - tier.EveryMs ? sinceMs : 0; // past that, the retention itself says so
    }

    // No view ever meets the keys of an earlier one of its name.
    private IEnumerable<CatalogView> New(CatalogState state, long sinceMs) =>
        from view in _declared
        where StepFor(view).Action is CatalogAction.Add or CatalogAction.Rebuild
        select new CatalogView(view, _current.Generations + 1, state, sinceMs);

    private CatalogView? Counted(string name) => _current.Views.SingleOrDefault(view => view.State == CatalogState.Active && view.Definition.Name == name);

    private CatalogStep StepFor(ViewDefinition view)
    {
        var counted = Counted(view.Name)?.Definition;
        var action = counted is null ? CatalogAction.Add
            : !counted.CountsLike(view) ? CatalogAction.Rebuild
            : ViewDeclarations.Write(counted) != ViewDeclarations.Write(view) ? CatalogAction.Update
            : CatalogAction.Keep;
        return new CatalogStep(view.Name, action, counted, view);
    }

    private static IEnumerable<ViewDefinition> Undeclared(ViewCatalog current, IReadOnlyList<ViewDefinition> declared) =>
        from view in current.Views
        where view.State == CatalogState.Active && !declared.Any(other => other.Name == view.Definition.Name)
        select view.Definition;
}

/// <summary>What happens to one view.</summary>
/// <param name="Counted">As it is counted now; null when it is not.</param>
/// <param name="Declared">As it is declared; null when it is not.</param>
public sealed record CatalogStep(string Name, CatalogAction Action, ViewDefinition? Counted, ViewDefinition? Declared);

/// <summary>What can happen to a view.</summary>
public enum CatalogAction
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>Its budget, retention or description changes; what is counted stays.</summary>
    Update,

    /// <summary>It is new: counted from the retained stream, then answered from.</summary>
    Add,

    /// <summary>It counts something else now: counted anew beside the old one, then put in its place.</summary>
    Rebuild,

    /// <summary>It is not declared any more: its keys are deleted.</summary>
    Drop,
}
