using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary><c>views list</c>: the views a file declares, defaults filled in.</summary>
internal static class ViewsListCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var file = DeclarationFile.Argument();
        var output = OutputArgument.Create();
        var command = new Command("list", "List the views a file declares. As JSON, every default is filled in.") { file, output };
        command.SetAction((parsed, cancellationToken) =>
        {
            var views = DeclarationFile.Read(parsed, file);
            if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(new JsonArray([.. views.Select(view => JsonNode.Parse(ViewDeclarations.Write(view)))]).ToJsonString(Indented));
            else Print(views);
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    private static void Print(IReadOnlyList<ViewDefinition> views)
    {
        var table = new TextTable("view", "grouped by", "measures", "window", ">limit", "filter");
        foreach (var view in views)
            table.Add(view.Name, Join(view.GroupBy), Join(view.Measures.Select(measure => measure.Name)), Join(view.Tiers.Select(tier => tier.Name)), view.GroupsMax.ToString("N0"), view.Filter?.Text ?? "-");
        table.Write(Console.Out);
    }

    private static string Join(IEnumerable<string> words) => string.Join(' ', words.DefaultIfEmpty("-"));
}
