using System.Text.Json.Serialization;

namespace Streamgauge.Serving;

/// <summary>RFC 9457 problem details.</summary>
/// <param name="Allowed">What would have been accepted, where that can be listed.</param>
internal sealed record ProblemAnswer(
    string Type, string Title, int Status, string Detail, string Instance,
    [property: JsonPropertyName("traceId")] string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Allowed)
{
    /// <param name="instance">Path of the request.</param>
    public static ProblemAnswer Of(Problem problem, string instance, string traceId) => new(
        problem.Name is null ? "about:blank" : $"urn:streamgauge:problem:{problem.Name}", problem.Title, problem.Status, problem.Detail, instance, traceId, problem.Allowed);
}
