using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamgauge.Views;

/// <summary>Declarations of views as files hold them: <c>streamgauge.json</c>. What can be said is in <c>docs/views.md</c>, and in <c>streamgauge.schema.json</c> for editors.</summary>
public static class ViewDeclarations
{
    /// <summary>Largest file that is read, in bytes: 64 views with the longest filters have ample room.</summary>
    public const int FileBytesMax = 1024 * 1024;

    /// <summary>Reads a file: JSON in UTF-8, in which comments and trailing commas are allowed.</summary>
    /// <param name="fileName">As mistakes shall name it.</param>
    /// <returns>All views, or all mistakes.</returns>
    public static DeclaredViews Parse(ReadOnlySpan<byte> utf8, string fileName)
    {
        if (utf8.Length > FileBytesMax) return new DeclaredViews([], [new DeclarationMistake(fileName, 1, 1, $"this file has {utf8.Length:N0} bytes; at most {FileBytesMax:N0} are read.")]);
        var source = new DeclarationSource(utf8.ToArray(), fileName);
        var views = source.Read() is { } root ? ReadFile(source, root) : [];
        var mistakes = source.Mistakes;
        return new DeclaredViews(mistakes.Count == 0 ? views : [], mistakes);
    }

    /// <summary>The declaration of one view, complete and always in the same words: <see cref="Parse"/> reads an equal view from it.</summary>
    public static string Write(ViewDefinition view) => ToNode(view).ToJsonString(DeclarationJson.Options);

    internal static JsonObject ToNode(ViewDefinition view)
    {
        var node = new JsonObject { ["name"] = view.Name };
        if (view.Description is { } description) node["description"] = description;
        if (view.Filter is { } filter) node["filter"] = filter.Text;
        if (view.Sessions is { } sessions)
        {
            node["sessions"] = new JsonObject { ["by"] = sessions.By, ["gap"] = TierLength.ToText(sessions.Gap) };
            node["retain"] = TierLength.ToText(sessions.Retain);
            node["limit"] = view.GroupsMax;
            return node;
        }

        if (view.GroupBy.Count > 0) node["group_by"] = Strings(view.GroupBy);
        node["measures"] = Strings(view.Measures.Select(measure => measure.Name));
        node["window"] = Strings(view.Tiers.Select(tier => tier.Name));
        var retain = new JsonObject();
        foreach (var tier in view.Tiers.Where(tier => tier.Every is not null)) retain[tier.Name] = TierLength.ToText(tier.Retain);
        if (retain.Count > 0) node["retain"] = retain;
        node["limit"] = view.GroupsMax;
        return node;
    }

    private static List<ViewDefinition> ReadFile(DeclarationSource source, DeclarationNode root)
    {
        var views = new List<ViewDefinition>();
        if (DeclarationProperties.Read(source, root, "a declaration", DeclarationProperties.OfFile) is not { } properties) return views;
        if (properties.TryGetValue("$schema", out var schema) && schema.Kind != JsonTokenType.String) source.Add(schema, $"'$schema' takes text in quotes, was {schema.Found}.");
        if (!properties.TryGetValue("views", out var list))
        {
            source.Add(root, "a declaration must have 'views', a list; it may be empty.");
            return views;
        }

        if (list.Kind != JsonTokenType.StartArray || list.Items.Count > ViewLimits.ViewsMax)
        {
            var found = list.Kind == JsonTokenType.StartArray ? $"a list of {list.Items.Count}" : list.Found;
            source.Add(list, $"'views' must be a list of at most {ViewLimits.ViewsMax} views, was {found}.");
            return views;
        }

        foreach (var item in list.Items)
        {
            if (new ViewReader(source).Read(item) is not { } view) continue;
            if (view.Name.Length > 0 && views.Exists(other => other.Name == view.Name))
                source.Add(item.Properties.Find(property => property.Name == "name").Value, $"there is another view '{view.Name}'; each needs a name of its own.");
            views.Add(view);
        }

        return views;
    }

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
