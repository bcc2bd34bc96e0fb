namespace Streamgauge.Views;

/// <summary>What a file declares: its views, or everything that is wrong with it.</summary>
/// <param name="Views">In the order of the file; empty when there is any mistake.</param>
/// <param name="Mistakes">In the order of the file.</param>
public sealed record DeclaredViews(IReadOnlyList<ViewDefinition> Views, IReadOnlyList<DeclarationMistake> Mistakes)
{
    public bool IsValid => Mistakes.Count == 0;
}
