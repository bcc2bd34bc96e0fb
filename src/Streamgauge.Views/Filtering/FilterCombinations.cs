using System.Buffers;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary><c>a and b and c</c>, or the same with <c>or</c>.</summary>
internal sealed class FilterChain(bool isAnd, IReadOnlyList<FilterNode> parts) : FilterNode
{
    public override FilterBinding Binding => isAnd ? FilterBinding.And : FilterBinding.Or;

    public override void CollectFields(List<string> fields)
    {
        foreach (var part in parts) part.CollectFields(fields);
    }

    public override void Apply(EventBatch batch, Span<bool> passes)
    {
        parts[0].Apply(batch, passes);
        var rented = ArrayPool<bool>.Shared.Rent(passes.Length);
        var others = rented.AsSpan(0, passes.Length);
        for (var p = 1; p < parts.Count; p++)
        {
            parts[p].Apply(batch, others);
            if (isAnd)
            {
                for (var i = 0; i < passes.Length; i++) passes[i] &= others[i];
            }
            else
            {
                for (var i = 0; i < passes.Length; i++) passes[i] |= others[i];
            }
        }

        ArrayPool<bool>.Shared.Return(rented);
    }

    public override bool Matches(Func<string, string?> field)
    {
        foreach (var part in parts)
        {
            if (part.Matches(field) != isAnd) return !isAnd;
        }

        return isAnd;
    }

    public override void Write(StringBuilder output)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0) output.Append(isAnd ? " and " : " or ");
            WriteInside(output, parts[i]);
        }
    }
}

/// <summary><c>not a</c>.</summary>
internal sealed class FilterNegation(FilterNode part) : FilterNode
{
    public override FilterBinding Binding => FilterBinding.Not;

    public override void CollectFields(List<string> fields) => part.CollectFields(fields);

    public override void Apply(EventBatch batch, Span<bool> passes)
    {
        part.Apply(batch, passes);
        for (var i = 0; i < passes.Length; i++) passes[i] = !passes[i];
    }

    public override bool Matches(Func<string, string?> field) => !part.Matches(field);

    public override void Write(StringBuilder output)
    {
        output.Append("not ");
        WriteInside(output, part);
    }
}
