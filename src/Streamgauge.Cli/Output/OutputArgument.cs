using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary>How results are printed.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}

internal static class OutputArgument
{
    public static Option<OutputFormat> Create() => new("--output", "-o") { Description = "How to print the result.", DefaultValueFactory = _ => OutputFormat.Table };
}
