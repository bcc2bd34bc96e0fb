using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamgauge.Serving;

/// <summary>The API in OpenAPI 3.1. Committed as <c>docs/openapi.json</c>; a test holds both together, and the paths to what is mapped.</summary>
/// <remarks>Written by hand, because handlers read requests themselves and strictly: nothing generated from their signatures would know a parameter.</remarks>
internal static class OpenApiDocument
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The document as it is served and committed.</summary>
    public static string Text { get; } = Create().ToJsonString(Indented) + "\n";

    private static JsonObject Create()
    {
        var paths = new JsonObject();
        foreach (var operation in ApiOperations.All) paths[operation.Path] = new JsonObject { ["get"] = Operation(operation) };
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Streamgauge",
                ["version"] = "1",
                ["description"] = "Counters, views and events of a stream. Read-only. GET /aggregates, /aggregates/… and /health… answer below /v1 as well; GET answers take HEAD too, but for streams.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = ApiSchemas.Create() },
        };
    }

    private static JsonObject Operation(ApiOperation operation)
    {
        var parameters = new JsonArray();
        foreach (var parameter in operation.Parameters) parameters.Add((JsonNode)Parameter(parameter));
        var content = new JsonObject();
        foreach (var (type, schema) in operation.Content) content[type] = new JsonObject { ["schema"] = schema.StartsWith('#') ? ApiSchemas.Reference(schema[1..]) : new JsonObject { ["type"] = schema } };
        var responses = new JsonObject { ["200"] = new JsonObject { ["description"] = operation.Answer, ["content"] = content } };
        if (operation.HasTag) responses["304"] = new JsonObject { ["description"] = "Unchanged since the answer whose ETag was sent as If-None-Match." };
        foreach (var (status, description) in operation.Problems)
        {
            var type = operation.Path == "/health" ? "application/json" : "application/problem+json";
            var schema = operation.Path == "/health" && status == 503 ? "Health" : "Problem";
            responses[status.ToString()] = new JsonObject
            {
                ["description"] = description,
                ["content"] = new JsonObject { [schema == "Problem" ? "application/problem+json" : type] = new JsonObject { ["schema"] = ApiSchemas.Reference(schema) } },
            };
        }

        return new JsonObject { ["operationId"] = operation.Id, ["summary"] = operation.Summary, ["parameters"] = parameters, ["responses"] = responses };
    }

    private static JsonObject Parameter(ApiParameter parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Minimum is { } minimum) schema["minimum"] = minimum;
        if (parameter.Maximum is { } maximum) schema["maximum"] = maximum;
        if (parameter.Default is { } standard) schema["default"] = standard;
        if (parameter.Words is { } words) schema["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
        return new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.Place,
            ["required"] = parameter.Place == "path",
            ["description"] = parameter.Description,
            ["schema"] = schema,
        };
    }
}
