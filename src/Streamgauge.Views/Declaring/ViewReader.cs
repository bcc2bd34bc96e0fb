using System.Globalization;
using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>Reads one view of a declaration. After a mistake it goes on, so that all of them are found.</summary>
internal sealed class ViewReader(DeclarationSource source)
{
    private const int DescriptionCharsMax = 500;

    // Names that mean something else where view names stand: built-in views, routes, and keys of a stream.
    private static readonly string[] Reserved = ["total", "event_types", "products", "sessions", "aggregates", "meta", "dead", "producers", "views", "buckets"];

    /// <summary>The view; worth something only when no mistake was added.</summary>
    public ViewDefinition? Read(DeclarationNode node)
    {
        if (DeclarationProperties.Read(source, node, "a view", DeclarationProperties.OfView) is not { } properties) return null;
        if (!properties.ContainsKey("name")) source.Add(node, "a view must have a 'name'.");
        if (properties.TryGetValue("sessions", out var sessions)) return SessionView(node, properties, sessions);
        var tiers = new WindowReader(source).Read(properties.GetValueOrDefault("window"), properties.GetValueOrDefault("retain"));
        return Common(properties, ViewLimits.GroupsDefault) with
        {
            GroupBy = properties.TryGetValue("group_by", out var groupBy) ? GroupBy(groupBy) : [],
            Measures = properties.TryGetValue("measures", out var measures) ? Measures(measures) : [Measure.Count],
            Tiers = tiers,
        };
    }

    private ViewDefinition SessionView(DeclarationNode node, Dictionary<string, DeclarationNode> properties, DeclarationNode sessions)
    {
        foreach (var (property, offset, _) in node.Properties.Where(property => DeclarationProperties.OfView.Except(DeclarationProperties.OfSessionView).Contains(property.Name)))
            source.Add(offset, $"a view with 'sessions' has no '{property}'. Allowed: {string.Join(", ", DeclarationProperties.OfSessionView)}.");
        var rule = new SessionRuleReader(source).Read(sessions, properties.GetValueOrDefault("retain"));
        return Common(properties, ViewLimits.SessionsDefault) with { Sessions = rule, Measures = [], Tiers = [] };
    }

    /// <summary>What views of every kind have.</summary>
    private ViewDefinition Common(Dictionary<string, DeclarationNode> properties, int limitDefault) => new()
    {
        Name = properties.TryGetValue("name", out var name) ? Name(name) : "",
        Description = properties.TryGetValue("description", out var description) ? Description(description) : null,
        Filter = properties.TryGetValue("filter", out var filter) ? Filter(filter) : null,
        GroupsMax = properties.TryGetValue("limit", out var limit) ? Limit(limit) : limitDefault,
    };

    private string Name(DeclarationNode node)
    {
        var name = Text(node, "name");
        if (name is null) return "";
        if (name.Length is 0 or > ViewLimits.NameCharsMax || !char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            source.Add(node, $"'name' must be lower case letters, digits and '_', beginning with a letter, at most {ViewLimits.NameCharsMax}, was {node.Found}.");
        else if (Reserved.Contains(name))
            source.Add(node, $"'{name}' is the name of something built in; choose another. Reserved: {string.Join(", ", Reserved)}.");
        return name;
    }

    private string? Description(DeclarationNode node)
    {
        var text = Text(node, "description");
        if (text?.Length > DescriptionCharsMax) source.Add(node, $"'description' must have at most {DescriptionCharsMax} characters, has {text.Length}.");
        return text;
    }

    private EventFilter? Filter(DeclarationNode node)
    {
        if (Text(node, "filter") is not { } text) return null;
        if (!EventFilter.TryParse(text, out var filter, out var fault)) source.AddInside(node, fault.Position, $"'filter': {fault.Message}.");
        return filter;
    }

    private List<string> GroupBy(DeclarationNode node)
    {
        var fields = new List<string>();
        if (!IsList(node, "group_by", 0, ViewLimits.GroupByMax, "fields")) return fields;
        foreach (var item in node.Items)
        {
            if (Text(item, "group_by") is not { } field) continue;
            if (!FieldRules.IsName(field)) source.Add(item, $"'group_by': {item.Found} is no field name; allowed are {FieldRules.Allowed}.");
            else if (FieldRules.KindOf(field) is FieldKind.Value or FieldKind.Time) source.Add(item, $"'group_by': '{field}' is a number and cannot be grouped by; for windows of time there is 'window'.");
            else if (fields.Contains(field)) source.Add(item, $"'group_by' has '{field}' twice.");
            else fields.Add(field);
        }

        return fields;
    }

    private List<Measure> Measures(DeclarationNode node)
    {
        var measures = new List<Measure>();
        if (!IsList(node, "measures", 1, ViewLimits.MeasuresMax, "measures")) return measures;
        foreach (var item in node.Items)
        {
            if (Text(item, "measures") is not { } text) continue;
            if (!MeasureSyntax.TryParse(text, out var measure, out var problem)) source.Add(item, $"'measures': {problem}");
            else if (measures.Contains(measure)) source.Add(item, $"'measures' has {measure.Name} twice.");
            else measures.Add(measure);
        }

        return measures;
    }

    private int Limit(DeclarationNode node)
    {
        if (node.Kind == JsonTokenType.Number && int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= ViewLimits.GroupsMax) return limit;
        source.Add(node, $"'limit' must be a whole number from 1 to {ViewLimits.GroupsMax:N0}, was {node.Found}.");
        return ViewLimits.GroupsDefault;
    }

    private string? Text(DeclarationNode node, string property)
    {
        if (node.Kind == JsonTokenType.String) return node.Text;
        source.Add(node, $"'{property}' takes text in quotes, was {node.Found}.");
        return null;
    }

    private bool IsList(DeclarationNode node, string property, int countMin, int countMax, string what)
    {
        if (node.Kind == JsonTokenType.StartArray && node.Items.Count >= countMin && node.Items.Count <= countMax) return true;
        var found = node.Kind == JsonTokenType.StartArray ? $"a list of {node.Items.Count}" : node.Found;
        source.Add(node, $"'{property}' must be a list of {countMin} to {countMax} {what}, was {found}.");
        return false;
    }
}
