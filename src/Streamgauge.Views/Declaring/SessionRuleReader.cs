using System.Text.Json;

namespace Streamgauge.Views;

/// <summary>Reads <c>sessions</c> and the <c>retain</c> of a view that has it.</summary>
internal sealed class SessionRuleReader(DeclarationSource source)
{
    /// <summary>The rule; worth something only when no mistake was added.</summary>
    public SessionRule? Read(DeclarationNode node, DeclarationNode? retain)
    {
        if (DeclarationProperties.Read(source, node, "'sessions'", DeclarationProperties.OfSessions) is not { } properties) return null;
        var by = properties.TryGetValue("by", out var field) ? By(field) : SessionRule.ByDefault;
        var gap = properties.TryGetValue("gap", out var length) ? Gap(length) : SessionRule.GapDefault;
        if (gap is not { } silence) return null;
        return new SessionRule(by, silence, retain is null ? SessionRule.RetainDefault(silence) : Retain(retain, silence));
    }

    private string By(DeclarationNode node)
    {
        if (node.Kind != JsonTokenType.String) source.Add(node, $"'by' takes text in quotes, was {node.Found}.");
        else if (!FieldRules.IsName(node.Text)) source.Add(node, $"'by': {node.Found} is no field name; allowed are {FieldRules.Allowed}.");
        else if (FieldRules.KindOf(node.Text) is FieldKind.Value or FieldKind.Time) source.Add(node, $"'by': '{node.Text}' is a number; sessions go by a text field, like session_id or user_id.");
        return node.Text;
    }

    private TimeSpan? Gap(DeclarationNode node)
    {
        if (node.Kind == JsonTokenType.String && TierLength.TryParse(node.Text, out var gap) && gap >= SessionRule.GapMin && gap <= SessionRule.GapMax) return gap;
        source.Add(node, $"'gap' must be a whole number of seconds, minutes or hours like 90s, 30m or 1h, from {TierLength.ToText(SessionRule.GapMin)} to {TierLength.ToText(SessionRule.GapMax)}, was {node.Found}.");
        return null;
    }

    private TimeSpan Retain(DeclarationNode node, TimeSpan gap)
    {
        TimeSpan retain = default;
        if (node.Kind != JsonTokenType.String || !TierLength.TryParse(node.Text, out retain))
            source.Add(node, $"'retain' of a view with 'sessions' must be {TierLength.Allowed}, was {node.Found}.");
        else if (retain > gap * SessionRule.RetainGapsMax)
            source.Add(node, $"'retain' may be at most {SessionRule.RetainGapsMax} gaps, {TierLength.ToText(gap * SessionRule.RetainGapsMax)}, was {node.Text}; a longer gap allows more.");
        return retain;
    }
}
