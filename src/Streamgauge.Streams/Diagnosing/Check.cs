namespace Streamgauge.Streams;

/// <summary>One thing to look at.</summary>
/// <param name="Id">Area, dot, name; a row of <c>docs/doctor.md</c>.</param>
/// <param name="LookAsync">Read-only and bounded; may throw, which makes the finding unknown and harms no other check.</param>
internal sealed record Check(string Id, Func<Examination, CancellationToken, Task<IReadOnlyList<Finding>>> LookAsync)
{
    /// <summary>A check with exactly one finding.</summary>
    public static Check One(string id, Func<Examination, CancellationToken, Task<Finding>> look) => new(id, async (server, cancellationToken) => [await look(server, cancellationToken)]);
}
