using System.Text;
using System.Text.Json.Nodes;

namespace Streamgauge.Views;

/// <summary>The declared views of a stream as they are counted now: what processors count and readers answer from.</summary>
/// <param name="Version">When it was set, Unix milliseconds of Redis: never the same twice. A commit made for another version is refused. 0 for none.</param>
public sealed record ViewCatalog(long Version, IReadOnlyList<CatalogView> Views)
{
    /// <summary>The newest generation ever given to a view of this stream.</summary>
    public int Generations { get; init; } = Views.Select(view => view.Generation).DefaultIfEmpty(0).Max();

    /// <summary>A stream without declared views.</summary>
    public static ViewCatalog Empty { get; } = new(0, []);

    /// <summary>Adds the views every stream has, in front.</summary>
    public IReadOnlyList<CatalogView> With(IEnumerable<ViewDefinition> builtIn) =>
        [.. builtIn.Select(view => new CatalogView(view, Generation: 0, CatalogState.Active, SinceMs: 0)), .. Views];

    /// <summary>As it is stored. The version is stored beside it.</summary>
    /// <remarks>Shape: <c>{"generations":1,"views":[{"generation":1,"state":"active","since_ms":0,"view":{declaration}}]}</c>.</remarks>
    public string ToJson()
    {
        var views = new JsonArray();
        foreach (var view in Views)
        {
            var node = new JsonObject { ["generation"] = view.Generation, ["state"] = CatalogReader.NameOf(view.State), ["since_ms"] = view.SinceMs };
            if (view.Definition.Tiers.Any(tier => tier.KeptSinceMs > 0)) node["kept_since_ms"] = KeptSince(view);
            if (view.RetainSinceMs > 0) node["retain_since_ms"] = view.RetainSinceMs;
            node["view"] = ViewDeclarations.ToNode(view.Definition);
            views.Add((JsonNode)node);
        }

        return new JsonObject { ["generations"] = Generations, ["views"] = views }.ToJsonString(DeclarationJson.Options);
    }

    private static JsonObject KeptSince(CatalogView view)
    {
        var tiers = new JsonObject();
        foreach (var tier in view.Definition.Tiers.Where(tier => tier.KeptSinceMs > 0)) tiers[tier.Name] = tier.KeptSinceMs;
        return tiers;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else, or says what this version of the program does not know. Lists all that is wrong.</exception>
    public static ViewCatalog Parse(string json, long version)
    {
        var source = new DeclarationSource(Encoding.UTF8.GetBytes(json), "views");
        var (views, generations) = source.Read() is { } root ? new CatalogReader(source).Read(root) : ([], 0);
        var mistakes = source.Mistakes;
        return mistakes.Count == 0 ? new ViewCatalog(version, views) { Generations = generations } : throw new FormatException("The stored catalog of views cannot be read. " + string.Join(' ', mistakes));
    }
}

/// <summary>One view in a catalog.</summary>
/// <param name="Generation">Counts how often the view was begun anew; its keys carry it. 0 for built-in views, which have keys of their own.</param>
/// <param name="SinceMs">Arrival of the oldest entry it has counted, Unix milliseconds; 0 when it counts since the stream began.</param>
public sealed record CatalogView(ViewDefinition Definition, int Generation, CatalogState State, long SinceMs)
{
    /// <summary>Since when a view of sessions has the retention it has, Unix milliseconds; 0 when it never had another.</summary>
    public long RetainSinceMs { get; init; }
}

/// <summary>Where a view is in its life.</summary>
public enum CatalogState
{
    /// <summary>Counts live events while older ones are counted into it from the retained stream; not answered from yet.</summary>
    Building,

    /// <summary>Counted and answered from.</summary>
    Active,
}
