namespace Streamgauge.Telemetry;

/// <summary>What the environment says of traces. OpenTelemetry's own variables, and its own library reads them; here only what it would pass over in silence.</summary>
public static class TraceSettings
{
    internal const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    internal const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
    internal const string SamplerVariable = "OTEL_TRACES_SAMPLER";
    internal const string SamplerArgumentVariable = "OTEL_TRACES_SAMPLER_ARG";

    private static readonly string[] Protocols = ["grpc", "http/protobuf"];
    private static readonly string[] Samplers = ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    /// <summary>Whether spans are sent anywhere.</summary>
    internal static bool IsOn(Func<string, string?> read) => read(EndpointVariable) is { Length: > 0 };

    /// <summary>Every mistake, in words for whoever wrote them; empty when all is well. An address is not repeated: it may hold a password.</summary>
    /// <param name="read">A variable by its name; null when it is not set.</param>
    public static IEnumerable<string> FindProblems(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!IsOn(read)) yield break;
        if (!Uri.TryCreate(read(EndpointVariable), UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            yield return $"{EndpointVariable} must be an address as http://localhost:4317.";
        if (read(ProtocolVariable) is { Length: > 0 } protocol && !Protocols.Contains(protocol))
            yield return $"{ProtocolVariable} must be {string.Join(" or ", Protocols)}, was '{protocol}'.";
        if (read(SamplerVariable) is not { Length: > 0 } sampler) yield break;
        if (!Samplers.Contains(sampler)) yield return $"{SamplerVariable} must be one of {string.Join(", ", Samplers)}, was '{sampler}'.";
        if (sampler.EndsWith("traceidratio", StringComparison.Ordinal) && read(SamplerArgumentVariable) is { Length: > 0 } ratio && !IsRatio(ratio))
            yield return $"{SamplerArgumentVariable} must be a number from 0 to 1, was '{ratio}'.";
    }

    private static bool IsRatio(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1;
}
