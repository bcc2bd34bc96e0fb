using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Streamgauge.Telemetry;

/// <summary>Puts telemetry into the container.</summary>
public static class StreamgaugeTelemetryServiceCollectionExtensions
{
    /// <summary>Adds the metrics exposition, a meter factory that feeds it and the API's request metrics. Safe to call twice.</summary>
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

        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<MetricsExpositionOptions>, MetricsExpositionOptionsValidator>());
        services.AddOptionsWithValidateOnStart<MetricsExpositionOptions>();
        return services;
    }
}
