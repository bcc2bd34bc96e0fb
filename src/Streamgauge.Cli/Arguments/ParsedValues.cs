using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary>Reads options whether or not others have mistakes, so that all mistakes can be reported at once.</summary>
internal static class ParsedValues
{
    /// <summary>The option's value; its default when the text given for it is not understood, which the parser reports by itself.</summary>
    public static T Get<T>(this ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is { } result && result.Errors.Any() ? option.HasDefaultValue ? (T)option.GetDefaultValue()! : default! : parsed.GetValue(option)!;

    /// <inheritdoc cref="Get{T}(ParseResult, Option{T})"/>
    public static string Get(this ParseResult parsed, Argument<string> argument) =>
        parsed.GetResult(argument) is { } result && !result.Errors.Any() ? parsed.GetValue(argument) ?? "" : "";
}
