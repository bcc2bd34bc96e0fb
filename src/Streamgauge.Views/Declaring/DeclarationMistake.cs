namespace Streamgauge.Views;

/// <summary>Something a declaration cannot say.</summary>
/// <param name="File">As it was named to the parser.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters as editors count them.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record DeclarationMistake(string File, int Line, int Column, string Message)
{
    /// <summary>In the shape that editors and terminals turn into a link: <c>streamgauge.json:4:12: …</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
