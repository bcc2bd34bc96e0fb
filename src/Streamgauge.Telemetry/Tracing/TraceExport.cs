using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Streamgauge.Telemetry;

/// <summary>Sends spans to an OTLP collector when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one; otherwise nobody listens, and spans cost nothing.</summary>
/// <remarks>A collector that is away or slow never holds up what is traced: spans wait in a bounded queue, beyond which they are dropped and counted.</remarks>
public sealed class TraceExport : IDisposable
{
    private const double RatioDefault = 0.01; // a fast sender makes thousands of sends a second
    private static readonly TimeSpan FlushMax = TimeSpan.FromSeconds(2);

    private readonly TracerProvider? _provider;

    internal TraceExport(TraceMetrics metrics, ILogger<TraceExport> logger)
    {
        if (!TraceSettings.IsOn(Environment.GetEnvironmentVariable)) return;
        var exporter = new CountingExporter(new OtlpExporterOptions(), metrics, logger);
        var tracing = Sdk.CreateTracerProviderBuilder()
            .AddSource("Streamgauge.*", "Microsoft.AspNetCore")
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService("streamgauge", serviceVersion: BuildVersion.Version, serviceInstanceId: Guid.NewGuid().ToString())
                .AddTelemetrySdk()
                .AddEnvironmentVariableDetector())
            .AddProcessor(new CountingProcessor(exporter, new BatchExportActivityProcessorOptions(), metrics));
        if (Environment.GetEnvironmentVariable(TraceSettings.SamplerVariable) is null or "") tracing.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(RatioDefault)));
        _provider = tracing.Build();
    }

    /// <summary>Sends what still waits, for two seconds at most.</summary>
    public void Dispose()
    {
        _provider?.Shutdown((int)FlushMax.TotalMilliseconds);
        _provider?.Dispose();
    }
}
