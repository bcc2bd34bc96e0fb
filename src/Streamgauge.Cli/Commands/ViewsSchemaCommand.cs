using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary><c>views schema</c>: the JSON Schema of declarations, as this version of the program reads them.</summary>
internal static class ViewsSchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of streamgauge.json, from which editors complete and check. Name it in the file: \"$schema\": \"./streamgauge.schema.json\".");
        command.SetAction(async (_, cancellationToken) =>
        {
            await using var schema = typeof(ViewsSchemaCommand).Assembly.GetManifestResourceStream("streamgauge.schema.json")!;
            using var reader = new StreamReader(schema);
            await Console.Out.WriteAsync(await reader.ReadToEndAsync(cancellationToken));
            return ExitCodes.Ok;
        });
        return command;
    }
}
