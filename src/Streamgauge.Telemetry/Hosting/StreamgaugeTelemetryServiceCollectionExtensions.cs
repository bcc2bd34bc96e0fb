using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Streamgauge.Telemetry;

/// <summary>Puts telemetry into the container.</summary>
public static class StreamgaugeTelemetryServiceCollectionExtensions
{
    /// <summary>Adds the metrics exposition, a meter factory that feeds it, the API's request metrics and the export of traces. Safe to call twice.</summary>
    /// <remarks>Traces begin when <see cref="TraceExport"/> is first resolved: before whatever is to be traced, so that it ends after it.</remarks>
    public static IServiceCollection AddStreamgaugeTelemetry(
        this IServiceCollection services, Action<MetricsExpositionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (configure is not null) services.Configure(configure);

        services.AddMetrics();
        services.TryAddSingleton<ExposedMeterFactory>();
        services.Replace(ServiceDescriptor.Singleton<IMeterFactory>(provider => provider.GetRequiredService<ExposedMeterFactory>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<ExposedMeterFactory>().Exposition);
        services.TryAddSingleton<ApiMetrics>();
        services.TryAddSingleton<TraceMetrics>();
        services.TryAddSingleton(provider => new TraceExport(provider.GetRequiredService<TraceMetrics>(), provider.GetRequiredService<ILogger<TraceExport>>()));

        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<MetricsExpositionOptions>, MetricsExpositionOptionsValidator>());
        services.AddOptionsWithValidateOnStart<MetricsExpositionOptions>();
        return services;
    }
}
