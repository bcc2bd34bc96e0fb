namespace Streamgauge.Serving;

/// <summary>One endpoint, described.</summary>
/// <param name="Content">Media types of the answer, with a type or a <c>#Schema</c>.</param>
/// <param name="Problems">Statuses beside 200, and when they come.</param>
/// <param name="HasTag">Whether answers carry an ETag.</param>
internal sealed record ApiOperation(
    string Path, string Id, string Summary, string Answer, IReadOnlyList<ApiParameter> Parameters,
    IReadOnlyList<(string Type, string Schema)> Content, IReadOnlyList<(int Status, string Description)> Problems, bool HasTag);

/// <summary>One parameter, described.</summary>
/// <param name="Place">As OpenAPI's <c>in</c>: <c>query</c>, <c>path</c>, <c>header</c>.</param>
internal sealed record ApiParameter(string Name, string Description, string Type = "string", string Place = "query")
{
    public int? Minimum { get; init; }

    public int? Maximum { get; init; }

    public int? Default { get; init; }

    public IReadOnlyList<string>? Words { get; init; }
}
