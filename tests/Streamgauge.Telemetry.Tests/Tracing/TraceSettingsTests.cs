namespace Streamgauge.Telemetry.Tests.Tracing;

public sealed class TraceSettingsTests
{
    [Theory]
    [InlineData("http://localhost:4317", "", "", "", 0)]
    [InlineData("https://collector.example/otlp", "grpc", "parentbased_traceidratio", "0.25", 0)]
    [InlineData("http://localhost:4318", "http/protobuf", "always_off", "nonsense that nobody reads", 0)]
    [InlineData("localhost:4317", "", "", "", 1)]
    [InlineData("collector", "http/json", "sometimes", "", 3)]
    [InlineData("http://localhost", "GRPC", "traceidratio", "1.5", 2)]
    [InlineData("http://localhost", "", "parentbased_traceidratio", "1 %", 1)]
    [InlineData("", "http/json", "sometimes", "2", 0)] // off: whoever set these meant somebody else
    public void Whatever_would_be_passed_over_in_silence_is_a_mistake(string endpoint, string protocol, string sampler, string argument, int mistakes)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [TraceSettings.EndpointVariable] = endpoint, [TraceSettings.ProtocolVariable] = protocol, [TraceSettings.SamplerVariable] = sampler, [TraceSettings.SamplerArgumentVariable] = argument,
        };
        Assert.Equal(mistakes, TraceSettings.FindProblems(variables.GetValueOrDefault).Count());
    }
}
