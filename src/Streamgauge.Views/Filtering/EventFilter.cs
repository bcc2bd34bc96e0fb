using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>Which events a view takes.</summary>
public abstract class EventFilter
{
    /// <summary>As it was written.</summary>
    public abstract string Text { get; }

    /// <summary>Text fields it looks at; <c>value</c> and <c>ts</c> are not among them.</summary>
    public abstract IReadOnlyList<string> Fields { get; }

    /// <summary>Says for each event of a batch whether it passes.</summary>
    /// <param name="passes">One place per event; every one is written.</param>
    public abstract void Apply(EventBatch batch, Span<bool> passes);

    /// <summary>Says whether something with these fields passes; a field that is absent is null.</summary>
    public abstract bool Matches(Func<string, string?> field);
}
