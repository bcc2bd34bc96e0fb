using System.Diagnostics.CodeAnalysis;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Which events a view takes.</summary>
/// <remarks>
/// Shape: <c>event_type == 'purchase' and (value >= 10 or starts_with(brand, 'a'))</c>; all of it in <c>docs/views.md</c>, "Filters".
/// A comparison with a field that is absent, or no number where one is compared, is false: also <c>!=</c>.
/// Immutable, so any number of threads may use one.
/// </remarks>
public abstract class EventFilter : IEquatable<EventFilter>
{
    /// <summary>As it was written.</summary>
    public abstract string Text { get; }

    /// <summary>The same filter without what makes no difference: spaces, needless parentheses, the order of a list.</summary>
    public virtual string Canonical => Text;

    /// <summary>Text fields it looks at; <c>value</c> and <c>ts</c> are not among them.</summary>
    public abstract IReadOnlyList<string> Fields { get; }

    /// <summary>Reads a filter, or says where it is none and what would be allowed there.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EventFilter? filter, [NotNullWhen(false)] out FilterFault? fault)
    {
        var root = new FilterParser(text).Parse(out fault);
        filter = root is null ? null : new ParsedFilter(text, root);
        return filter is not null;
    }

    /// <summary>Says for each event of a batch whether it passes.</summary>
    /// <param name="batch">Keeps all of <see cref="Fields"/>.</param>
    /// <param name="passes">One place per event; every one is written.</param>
    public abstract void Apply(EventBatch batch, Span<bool> passes);

    /// <summary>Says whether something with these fields passes; a field that is absent is null or empty.</summary>
    /// <param name="field">Gives fields as they stand on the wire, also <c>value</c> and <c>ts</c>.</param>
    public abstract bool Matches(Func<string, string?> field);

    public bool Equals(EventFilter? other) => other is not null && Text == other.Text;

    public sealed override bool Equals(object? obj) => Equals(obj as EventFilter);

    public sealed override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public sealed override string ToString() => Text;
}
