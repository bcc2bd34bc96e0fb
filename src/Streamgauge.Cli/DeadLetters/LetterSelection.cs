using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Which dead letters a command line means: some by their ids, those of a reason, or all.</summary>
internal sealed class LetterSelection
{
    private readonly Argument<string[]> _ids = new("id") { Description = "Ids of dead letters, as `dlq show` prints them.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _reason = new("--reason") { Description = "All dead letters of this reason, as `dlq list` names them." };
    private readonly Option<bool>? _all;

    /// <param name="all">What taking all of them means; null when that cannot be asked for.</param>
    public LetterSelection(Command command, string? all)
    {
        command.Arguments.Add(_ids);
        command.Options.Add(_reason);
        if (all is null) return;
        _all = new Option<bool>("--all") { Description = all };
        command.Options.Add(_all);
    }

    /// <summary>Ids that were asked for and are not there, once <see cref="ReadAsync"/> is through.</summary>
    public List<StreamEntryId> Missing { get; } = [];

    /// <summary>Whether letters are meant by what they are, not each by its id.</summary>
    public bool IsBulk(ParseResult parsed) => Ids(parsed).Length == 0;

    /// <summary>What is meant, in words: <c>dead letters of reason bad_value</c>.</summary>
    public string Words(ParseResult parsed) => parsed.Get(_reason) is { } reason ? $"dead letters of reason {TerminalText.Of(reason)}" : "dead letters";

    public void FindProblems(ParseResult parsed, List<string> problems)
    {
        foreach (var id in Ids(parsed).Where(id => !TryId(id, out _))) problems.Add($"'{id}' is no id of a dead letter: it has the form 1763805600000-0, see `dlq show`.");
        string[] ways = [.. Given(Ids(parsed).Length > 0, "ids"), .. Given(parsed.Get(_reason) is not null, "--reason"), .. Given(IsAll(parsed), "--all")];
        if (ways.Length > 1) problems.Add($"Give one of {string.Join(" and ", ways)}, not both.");
        if (ways.Length == 0) problems.Add(_all is null ? "Say which: ids, or --reason." : "Say which: ids, --reason, or --all.");
    }

    /// <summary>The letters, oldest first; those given by id in the order they were given.</summary>
    public async IAsyncEnumerable<StoredDeadLetter> ReadAsync(ParseResult parsed, DeadLetterStream letters, bool withFields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var text in Ids(parsed).Distinct(StringComparer.Ordinal))
        {
            if (!TryId(text, out var id)) continue; // FindProblems has said so
            var letter = await letters.FindAsync(id, cancellationToken);
            if (letter is null) Missing.Add(id);
            else yield return letter;
        }

        if (!IsBulk(parsed)) yield break;
        await foreach (var letter in letters.ReadAsync(withFields, cancellationToken))
        {
            if (parsed.Get(_reason) is not { } reason || letter.Reason == reason) yield return letter;
        }
    }

    private string[] Ids(ParseResult parsed) => parsed.GetValue(_ids) ?? [];

    private bool IsAll(ParseResult parsed) => _all is not null && parsed.Get(_all);

    private static string[] Given(bool isGiven, string way) => isGiven ? [way] : [];

    private static bool TryId(string text, out StreamEntryId id) => StreamEntryId.TryParse(Encoding.UTF8.GetBytes(text), out id);
}
