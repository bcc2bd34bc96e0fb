using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Resp;
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
            await using var connection = await redis.ConnectAsync(parsed, cancellationToken);
            var plan = await new CatalogEditor(connection, new StreamKeys(redis.Stream(parsed)), redis.Group(parsed)).PlanAsync(declared, parsed.Get(drop), cancellationToken);
            if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(Json(plan).ToJsonString(Indented));
            else await PrintAsync(connection, redis.Stream(parsed), plan, Console.Out, cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>A line per view, the keys that come and go, and whether this Redis has the memory.</summary>
    public static async Task PrintAsync(RespConnection connection, string stream, CatalogPlan plan, TextWriter output, CancellationToken cancellationToken)
    {
        var table = new TextTable("view", "action", "why", ">memory at most now", ">then");
        foreach (var step in plan.Steps)
            table.Add(step.Name, step.Action.ToString().ToLowerInvariant(), Why(step), Size(step.Counted), Size(step.Declared));
        table.Write(output);
        var keys = new StreamKeys(stream);
        foreach (var key in plan.AddedKeys) await output.WriteLineAsync($"  + {keys.BucketKey(key)}");
        foreach (var key in plan.RemovedKeys) await output.WriteLineAsync($"  - {keys.BucketKey(key)}");
        await WarnOfMemoryAsync(connection, plan, output, cancellationToken);
        output.WriteLine(plan.IsEmpty ? "Nothing to do." : plan.NeedsBuilding
            ? "Views to add or rebuild are counted from the retained stream beside live counting, then take their place at once."
            : "Takes effect at once; nothing has to be counted anew.");
    }

    private static async Task WarnOfMemoryAsync(RespConnection connection, CatalogPlan plan, TextWriter output, CancellationToken cancellationToken)
    {
        var info = (await connection.ExecuteAsync(["INFO", "MEMORY"], cancellationToken)).AsText();
        var line = info.Split('\n').FirstOrDefault(line => line.StartsWith("maxmemory:", StringComparison.Ordinal));
        var needed = plan.Steps.Sum(step => step.Declared is null ? 0 : MemoryForecast.Of(step.Declared).BytesMax);
        if (line is null || !long.TryParse(line["maxmemory:".Length..].Trim(), out var maxMemory) || maxMemory == 0 || needed <= maxMemory) return;
        await output.WriteLineAsync($"Warning: full to their limits these views take {HumanSize.ToText(needed)}, and this Redis has a maxmemory of {HumanSize.ToText(maxMemory)}. A full Redis refuses new events. Lower 'limit' or 'retain', or drop measures.");
    }

    private static string Why(CatalogStep step) => step.Action switch
    {
        CatalogAction.Keep => "as declared",
        CatalogAction.Update => "description, retention or limit changes; counts stay, what is in (other) too",
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

        return new JsonObject
        {
            ["steps"] = steps,
            ["adds_keys"] = new JsonArray([.. plan.AddedKeys.Select(key => JsonValue.Create(key))]),
            ["removes_keys"] = new JsonArray([.. plan.RemovedKeys.Select(key => JsonValue.Create(key))]),
            ["needs_building"] = plan.NeedsBuilding,
        };
    }
}
