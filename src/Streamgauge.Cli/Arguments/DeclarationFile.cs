using System.CommandLine;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary>The file that declares views: the same on every verb that takes one.</summary>
internal static class DeclarationFile
{
    private const string NameDefault = "streamgauge.json";

    public static Argument<string> Argument() => new("file") { Description = "JSON file that declares views.", DefaultValueFactory = _ => NameDefault };

    /// <summary>The views of the file.</summary>
    /// <exception cref="UsageException">There is no such file, or it has mistakes: all of them are listed, together with those of the command line.</exception>
    public static IReadOnlyList<ViewDefinition> Read(ParseResult parsed, Argument<string> argument) => Read(parsed, parsed.Get(argument));

    /// <inheritdoc cref="Read(ParseResult, Argument{string})"/>
    public static IReadOnlyList<ViewDefinition> Read(ParseResult parsed, string file)
    {
        if (!File.Exists(file)) throw Usage(parsed, $"'{file}' does not exist: name a file that declares views. There are examples in the folder examples, and all that can be declared is in docs/views.md.");
        if (new FileInfo(file).Length > ViewDeclarations.FileBytesMax) throw Usage(parsed, $"'{file}' has more than {ViewDeclarations.FileBytesMax:N0} bytes; that is no declaration of views.");
        var declared = ViewDeclarations.Parse(File.ReadAllBytes(file), file);
        UsageException.ThrowIfAny(parsed, declared.Mistakes.Select(mistake => mistake.ToString()));
        return declared.Views;
    }

    private static UsageException Usage(ParseResult parsed, string problem) => new([.. Mistakes.Of(parsed), problem]);
}
