using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary><c>views plan</c>: what <c>views apply</c> would do.</summary>
internal static class ViewsPlanCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var file = DeclarationFile.Argument();
        var output = OutputArgument.Create();
        var drop = ViewsApplyCommand.DropOption();
        var command = new Command("plan", "Show what `views apply` would add, rebuild, update or drop, and the memory the views take at most. Changes nothing.") { file, drop, output };
        var redis = new RedisArguments(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var declared = DeclarationFile.Read(parsed, file);
            await using var connection = await ViewsApplyCommand.ConnectAsync(redis, parsed, cancellationToken);
            var plan = await new CatalogEditor(connection, new StreamKeys(redis.Stream(parsed)), redis.Group(parsed)).PlanAsync(declared, parsed.Get(drop), cancellationToken);
            if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(Json(plan).ToJsonString(Indented));
            else Print(plan, Console.Out);
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>A line per view, and what is kept although not declared.</summary>
    public static void Print(CatalogPlan plan, TextWriter output)
    {
        var table = new TextTable("view", "action", "why", ">memory at most now", ">then");
        foreach (var step in plan.Steps)
            table.Add(step.Name, step.Action.ToString().ToLowerInvariant(), Why(step), Size(step.Counted), Size(step.Declared));
        table.Write(output);
        output.WriteLine(plan.IsEmpty ? "Nothing to do." : plan.NeedsBuilding
            ? "Views to add or rebuild are counted from the retained stream beside live counting, then take their place at once."
            : "Takes effect at once; nothing has to be counted anew.");
    }

    private static string Why(CatalogStep step) => step.Action switch
    {
        CatalogAction.Keep => "as declared",
        CatalogAction.Update => "description, retention or limit changes; counts stay",
        CatalogAction.Add => "not counted yet",
        CatalogAction.Rebuild => "filter, groups, measures or window change",
        _ => "not declared; its keys are deleted",
    };

    private static string Size(ViewDefinition? view) => view is null ? "-" : HumanSize.ToText(MemoryForecast.Of(view).BytesMax);

    private static JsonObject Json(CatalogPlan plan)
    {
        var steps = new JsonArray();
        foreach (var step in plan.Steps)
        {
            steps.Add((JsonNode)new JsonObject
            {
                ["view"] = step.Name,
                ["action"] = step.Action.ToString().ToLowerInvariant(),
                ["why"] = Why(step),
                ["bytes_max_now"] = step.Counted is { } counted ? MemoryForecast.Of(counted).BytesMax : 0,
                ["bytes_max_then"] = step.Declared is { } declared ? MemoryForecast.Of(declared).BytesMax : 0,
            });
        }

        return new JsonObject { ["steps"] = steps, ["needs_building"] = plan.NeedsBuilding };
    }
}
