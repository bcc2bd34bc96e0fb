using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>One part of a filter that is true or false of an event.</summary>
internal abstract class FilterNode
{
    /// <summary>How tightly it binds: what binds less needs parentheses inside what binds more.</summary>
    public abstract FilterBinding Binding { get; }

    /// <summary>Adds the text fields it looks at.</summary>
    public abstract void CollectFields(List<string> fields);

    /// <summary>Decides column by column, all events at once.</summary>
    /// <param name="passes">As long as the batch.</param>
    public abstract void Apply(EventBatch batch, Span<bool> passes);

    /// <summary>Decides about one event.</summary>
    public abstract bool Matches(Func<string, string?> field);

    /// <summary>Writes it so that it reads back as itself.</summary>
    public abstract void Write(StringBuilder output);

    protected void WriteInside(StringBuilder output, FilterNode part)
    {
        var isWrapped = part.Binding < Binding;
        if (isWrapped) output.Append('(');
        part.Write(output);
        if (isWrapped) output.Append(')');
    }
}

/// <summary>From loose to tight.</summary>
internal enum FilterBinding
{
    Or,
    And,
    Not,
    Test,
}
