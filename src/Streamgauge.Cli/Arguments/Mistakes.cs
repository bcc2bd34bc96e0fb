using System.CommandLine;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary>What the parser did not understand, in words for whoever typed it.</summary>
internal static class Mistakes
{
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return [];
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens;
        var words = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(command.Subcommands.Select(verb => verb.Name)).ToList();
        return parsed.Errors
            .Select(error => error.Message)
            .Where(message => !unknown.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal)) && !(unknown.Count > 0 && message.StartsWith("Required command", StringComparison.Ordinal)))
            .Concat(unknown.Select(token => Unknown(token, words, command.Subcommands.Count > 0)));
    }

    private static string Unknown(string token, List<string> words, bool isVerb)
    {
        var what = token.StartsWith('-') ? "an option" : isVerb ? "a verb" : "expected";
        var hint = Spelling.Nearest(token, words) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        return $"'{token}' is not {what} here.{hint}";
    }
}
