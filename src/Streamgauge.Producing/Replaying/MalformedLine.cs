namespace Streamgauge.Producing;

/// <summary>A line that is no event, and where.</summary>
/// <param name="File">As it was given; <c>-</c> is standard input.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">In bytes, from 1.</param>
/// <param name="Reason">A snake_case name from a fixed set; what malformed lines are counted by.</param>
public sealed record MalformedLine(string File, long Line, int Column, string Reason)
{
    /// <summary>The form editors and terminals can jump to: <c>file:line:column: reason</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Reason}";
}
