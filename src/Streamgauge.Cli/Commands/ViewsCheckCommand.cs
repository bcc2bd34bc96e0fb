using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary><c>views check</c>: every mistake of a declaration, or what its views may cost.</summary>
internal static class ViewsCheckCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var file = DeclarationFile.Argument();
        var output = OutputArgument.Create();
        var command = new Command("check", "Find every mistake of a file of views, each with line and column; exit code 2 when there is any. Without mistakes, forecast the memory each view takes in Redis at most, when all its buckets are full.") { file, output };
        command.SetAction((parsed, cancellationToken) =>
        {
            var forecasts = DeclarationFile.Read(parsed, file).Select(view => (view.Name, Forecast: MemoryForecast.Of(view))).ToList();
            if (parsed.Get(output) == OutputFormat.Json) Console.WriteLine(Json(forecasts).ToJsonString(Indented));
            else Print(forecasts);
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    private static void Print(List<(string Name, MemoryForecast Forecast)> views)
    {
        var table = new TextTable("view", ">buckets", ">groups each", ">bytes per group", ">memory at most");
        foreach (var (name, forecast) in views)
            table.Add(name, forecast.Buckets.ToString("N0"), forecast.GroupsPerBucket.ToString("N0"), forecast.BytesPerGroup.ToString("N0"), HumanSize.ToText(forecast.BytesMax));
        table.Add("all", "", "", "", HumanSize.ToText(views.Sum(view => view.Forecast.BytesMax)));
        table.Write(Console.Out);
    }

    private static JsonObject Json(List<(string Name, MemoryForecast Forecast)> views)
    {
        var list = new JsonArray();
        foreach (var (name, forecast) in views)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["view"] = name,
                ["buckets"] = forecast.Buckets,
                ["groups_per_bucket"] = forecast.GroupsPerBucket,
                ["bytes_per_group"] = forecast.BytesPerGroup,
                ["bytes_max"] = forecast.BytesMax,
            });
        }

        return new JsonObject { ["views"] = list, ["bytes_max"] = views.Sum(view => view.Forecast.BytesMax) };
    }
}
