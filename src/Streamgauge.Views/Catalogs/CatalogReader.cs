using System.Globalization;
using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>Reads a stored catalog.</summary>
internal sealed class CatalogReader(DeclarationSource source)
{
    private static readonly string[] OfCatalog = ["generations", "views"];
    private static readonly string[] OfEntry = ["generation", "state", "since_ms", "view", "kept_since_ms", "retain_since_ms"];
    private const int RequiredOfEntry = 4;

    public static string NameOf(CatalogState state) => state == CatalogState.Building ? "building" : "active";

    public (List<CatalogView> Views, int Generations) Read(DeclarationNode root)
    {
        var views = new List<CatalogView>();
        if (DeclarationProperties.Read(source, root, "a catalog", OfCatalog) is not { } properties) return (views, 0);
        if (!properties.TryGetValue("views", out var list) || list.Kind != JsonTokenType.StartArray)
        {
            source.Add(root, "a catalog must have 'views', a list.");
            return (views, 0);
        }

        foreach (var item in list.Items)
        {
            if (Entry(item) is { } view) views.Add(view);
        }

        return (views, properties.TryGetValue("generations", out var generations) ? (int)Number(generations, "generations", int.MaxValue) : views.Select(view => view.Generation).DefaultIfEmpty(0).Max());
    }

    private CatalogView? Entry(DeclarationNode node)
    {
        if (DeclarationProperties.Read(source, node, "a view of a catalog", OfEntry) is not { } properties) return null;
        if (OfEntry[..RequiredOfEntry].FirstOrDefault(name => !properties.ContainsKey(name)) is { } missing)
        {
            source.Add(node, $"'{missing}' is missing.");
            return null;
        }

        var state = properties["state"];
        if (state.Text is not ("building" or "active")) source.Add(state, $"'state' must be building or active, was {state.Found}.");
        var generation = Number(properties["generation"], "generation", int.MaxValue);
        var sinceMs = Number(properties["since_ms"], "since_ms", long.MaxValue);
        var retainSinceMs = properties.TryGetValue("retain_since_ms", out var retainSince) ? Number(retainSince, "retain_since_ms", long.MaxValue) : 0;
        return new ViewReader(source).Read(properties["view"]) is { } view
            ? new CatalogView(properties.TryGetValue("kept_since_ms", out var keptSince) ? WithKeptSince(view, keptSince) : view, (int)generation, state.Text == "building" ? CatalogState.Building : CatalogState.Active, sinceMs) { RetainSinceMs = retainSinceMs }
            : null;
    }

    private ViewDefinition WithKeptSince(ViewDefinition view, DeclarationNode node)
    {
        if (DeclarationProperties.Read(source, node, "kept_since_ms", [.. view.Tiers.Select(tier => tier.Name)]) is not { Count: > 0 } tiers) return view;
        return view with { Tiers = [.. view.Tiers.Select(tier => tiers.TryGetValue(tier.Name, out var since) ? tier with { KeptSinceMs = Number(since, tier.Name, long.MaxValue) } : tier)] };
    }

    private long Number(DeclarationNode node, string property, long max)
    {
        if (node.Kind == JsonTokenType.Number && long.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max) return number;
        source.Add(node, $"'{property}' must be a whole number from 0 to {max}, was {node.Found}.");
        return 0;
    }
}
