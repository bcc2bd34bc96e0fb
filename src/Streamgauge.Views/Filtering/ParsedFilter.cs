using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>A filter that was read from text.</summary>
internal sealed class ParsedFilter : EventFilter
{
    private readonly FilterNode _root;

    public ParsedFilter(string text, FilterNode root)
    {
        _root = root;
        Text = text;
        var canonical = new StringBuilder();
        root.Write(canonical);
        Canonical = canonical.ToString();
        var fields = new List<string>();
        root.CollectFields(fields);
        Fields = [.. fields.Distinct(StringComparer.Ordinal)];
    }

    public override string Text { get; }

    public override string Canonical { get; }

    public override IReadOnlyList<string> Fields { get; }

    public override void Apply(EventBatch batch, Span<bool> passes) => _root.Apply(batch, passes[..batch.Count]);

    public override bool Matches(Func<string, string?> field) => _root.Matches(field);
}
