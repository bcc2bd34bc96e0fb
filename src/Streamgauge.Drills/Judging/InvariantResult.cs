namespace Streamgauge.Drills;

/// <summary>Whether an invariant held.</summary>
/// <param name="Id"><c>I1</c> to <c>I6</c>.</param>
/// <param name="Statement">What must hold, in one sentence.</param>
/// <param name="Findings">Every violation, at most a few of a kind; empty when it holds.</param>
public sealed record InvariantResult(string Id, string Statement, IReadOnlyList<string> Findings)
{
    public bool Holds => Findings.Count == 0;
}
