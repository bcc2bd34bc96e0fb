using System.Text.Json.Serialization;

namespace Streamgauge.Serving;

/// <summary>Writes answers without reflection: names in snake_case, times as RFC 3339 in UTC with milliseconds.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(AggregatesAnswer))]
[JsonSerializable(typeof(SummaryAnswer))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProbeAnswer))]
[JsonSerializable(typeof(PipelineAnswer))]
[JsonSerializable(typeof(DeadLettersAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class ServingJson : JsonSerializerContext;
