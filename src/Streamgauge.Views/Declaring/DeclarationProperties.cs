using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>The properties a declaration has; the published schema has the same.</summary>
internal static class DeclarationProperties
{
    public static readonly string[] OfFile = ["$schema", "views"];
    public static readonly string[] OfView = ["name", "description", "filter", "group_by", "measures", "window", "sessions", "retain", "limit"];

    /// <summary>Those of <see cref="OfView"/> that a view of sessions has.</summary>
    public static readonly string[] OfSessionView = ["name", "description", "filter", "sessions", "retain", "limit"];

    public static readonly string[] OfSessions = ["by", "gap"];

    /// <summary>The properties of an object by name; unknown ones, ones given twice, and anything but an object are mistakes.</summary>
    public static Dictionary<string, DeclarationNode>? Read(DeclarationSource source, DeclarationNode node, string what, string[] known)
    {
        if (node.Kind != JsonTokenType.StartObject)
        {
            source.Add(node, $"{what} must be an object, was {node.Found}.");
            return null;
        }

        var properties = new Dictionary<string, DeclarationNode>(StringComparer.Ordinal);
        foreach (var (name, offset, value) in node.Properties)
        {
            if (!known.Contains(name))
            {
                var hint = Spelling.Nearest(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
                source.Add(offset, $"'{name}' is no property of {what}.{hint} Allowed: {string.Join(", ", known)}.");
            }
            else if (!properties.TryAdd(name, value))
            {
                source.Add(offset, $"'{name}' is given twice; keep one.");
            }
        }

        return properties;
    }
}
