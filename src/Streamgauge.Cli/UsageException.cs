namespace Streamgauge.Cli;

/// <summary>The command line cannot be carried out; lists every mistake.</summary>
internal sealed class UsageException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;

    /// <summary>Throws when there is any mistake.</summary>
    public static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0) throw new UsageException(problems);
    }
}
