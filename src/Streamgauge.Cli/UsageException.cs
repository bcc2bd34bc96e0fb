using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary>The command line cannot be carried out; lists every mistake.</summary>
internal sealed class UsageException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;

    /// <summary>Throws when there is any mistake: found by the parser, or by the options themselves.</summary>
    public static void ThrowIfAny(ParseResult parsed, IEnumerable<string> problems)
    {
        var all = Mistakes.Of(parsed).Concat(problems).Distinct(StringComparer.Ordinal).ToList();
        if (all.Count > 0) throw new UsageException(all);
    }
}
