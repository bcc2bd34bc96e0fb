using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary>What the parser did not understand, in words for whoever typed it.</summary>
internal static class Mistakes
{
    private const int DistanceMax = 2; // two letters off is a typo, three is another word

    public static IEnumerable<string> Of(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return [];
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens;
        var words = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(command.Subcommands.Select(verb => verb.Name)).ToList();
        return parsed.Errors
            .Select(error => error.Message)
            .Where(message => !unknown.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal)) && !(unknown.Count > 0 && message.StartsWith("Required command", StringComparison.Ordinal)))
            .Concat(unknown.Select(token => Unknown(token, words, command is RootCommand)));
    }

    private static string Unknown(string token, List<string> words, bool isVerb)
    {
        var what = token.StartsWith('-') ? "an option" : isVerb ? "a verb" : "expected";
        var nearest = words.OrderBy(word => Distance(token, word)).FirstOrDefault();
        var hint = nearest is not null && Distance(token, nearest) <= DistanceMax ? $" Did you mean '{nearest}'?" : "";
        return $"'{token}' is not {what} here.{hint}";
    }

    // Edits to get from one word to the other; a swap of neighbours is one edit, since fingers do that.
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) table[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var change = table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(change, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[left.Length, right.Length];
    }
}
